import { getEventListeners } from 'node:events'
import { type Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { docxEngine } from '../../../../src/nodes/uploaded-document/docx'
import { docxThreads } from '../../../../src/nodes/uploaded-document/docx/engine'
import { type Answer, type Job } from '../../../../src/nodes/uploaded-document/docx/job'
import { type Pool } from '../../../../src/nodes/threads/pool'
import { docxText, templateDocx, templateDocxOf } from '../../../support/docx'
import { until } from '../../../support/until'

const options = { threads: 1, queue: 2, jobsPerThread: 200, idleMs: 60_000, heapMb: 512 }

const jobOf = async (rows: number): Promise<Job> => ({
  type: 'render',
  template: await templateDocxOf({ rows: [['{{#rows}}{{n}}', '{{text}}{{/rows}}']] }),
  json: JSON.stringify({ rows: Array.from({ length: rows }, (_, n) => ({ n, text: 'x'.repeat(50) })) }),
})

const long = () => jobOf(90_000)
const short = () => jobOf(1)

const listenersOf = ({ signal }: AbortController): number => getEventListeners(signal, 'abort').length

const activeMs = (worker: Worker): number => worker.performance.eventLoopUtilization().active

describe('a job that is stopped', () => {
  let pool: Pool<Job, Answer>
  let workers: Array<Worker>
  const note = (worker: Worker) => workers.push(worker)

  beforeEach(() => {
    workers = []
    process.on('worker', note)
    pool = docxThreads(options)
  })
  afterEach(async () => {
    process.off('worker', note)
    await pool.close()
  })

  const isGone = (n: number): boolean => workers[n]?.threadId === -1

  it('while its thread works: the thread is gone, and the next job has another', async () => {
    const stop = new AbortController()
    expect((await pool.run(await short(), { timeoutMs: 30_000 }))._tag).to.equal('Answered')
    const before = activeMs(workers[0]!)
    const stopped = pool.run(await long(), { timeoutMs: 30_000, signal: stop.signal })
    const next = pool.run(await short(), { timeoutMs: 30_000 })
    await until(() => activeMs(workers[0]!) - before > 50)
    stop.abort()
    expect((await stopped)._tag).to.equal('Aborted')
    expect(isGone(0)).to.equal(true)
    expect((await next)._tag).to.equal('Answered')
    expect(workers).to.have.length(2)
    expect(listenersOf(stop)).to.equal(0)
  })

  it('while its thread starts', async () => {
    const stop = new AbortController()
    const stopped = pool.run(await short(), { timeoutMs: 30_000, signal: stop.signal })
    stop.abort()
    expect((await stopped)._tag).to.equal('Aborted')
    expect(isGone(0)).to.equal(true)
    expect((await pool.run(await short(), { timeoutMs: 30_000 }))._tag).to.equal('Answered')
  })

  it('while it waits: it leaves its place to another, and the one at work goes on', async () => {
    const stop = new AbortController()
    const job = await short()
    const atWork = pool.run(job, { timeoutMs: 30_000 })
    const waiting = [pool.run(job, { timeoutMs: 30_000, signal: stop.signal }), pool.run(job, { timeoutMs: 30_000 })]
    expect((await pool.run(job, { timeoutMs: 30_000 }))._tag).to.equal('QueueFull')
    stop.abort()
    expect((await waiting[0]!)._tag).to.equal('Aborted')
    const last = pool.run(job, { timeoutMs: 30_000 })
    const outcomes = await Promise.all([atWork, waiting[1]!, last])
    expect(outcomes.map(({ _tag }) => _tag)).to.deep.equal(['Answered', 'Answered', 'Answered'])
    expect(workers).to.have.length(1)
    expect(listenersOf(stop)).to.equal(0)
  })

  it('before it began does not begin', async () => {
    expect((await pool.run(await long(), { timeoutMs: 30_000, signal: AbortSignal.abort() }))._tag).to.equal('Aborted')
    expect(workers).to.have.length(0)
  })

  it('after its end has its answer, and the thread stays', async () => {
    const stop = new AbortController()
    const job = await short()
    for (let n = 0; n < 3; n += 1)
      expect((await pool.run(job, { timeoutMs: 30_000, signal: stop.signal }))._tag).to.equal('Answered')
    expect(listenersOf(stop)).to.equal(0)
    stop.abort()
    expect((await pool.run(job, { timeoutMs: 30_000 }))._tag).to.equal('Answered')
    expect(workers).to.have.length(1)
  })

  it('by the end of the pool leaves nothing at its signal', async () => {
    const stop = new AbortController()
    const job = await short()
    const outcomes = [
      pool.run(job, { timeoutMs: 30_000, signal: stop.signal }),
      pool.run(job, { timeoutMs: 30_000, signal: stop.signal }),
    ]
    await pool.close()
    expect((await Promise.all(outcomes)).map(({ _tag }) => _tag)).to.deep.equal(['Closed', 'Closed'])
    expect(listenersOf(stop)).to.equal(0)
  })
}).timeout(60_000)

describe('the engine tells a stopped render from a failed one', () => {
  it('and goes on with others', async () => {
    const engine = docxEngine({ threads: 1 })
    const stop = new AbortController()
    try {
      const template = await templateDocx('Dear {{name}}')
      const stopped = engine.renderTemplate(template, { name: 'Ana' }, { signal: stop.signal })()
      const other = engine.renderTemplate(template, { name: 'Bia' }, { signal: new AbortController().signal })()
      stop.abort()
      expect(await stopped).to.deep.equal({ _tag: 'Left', left: { _tag: 'RenderStopped' } })
      const result = await other
      expect(result._tag === 'Right' && docxText(result.right.bytes)).to.equal('Dear Bia')
    } finally {
      await engine.close()
    }
  }).timeout(60_000)
})
