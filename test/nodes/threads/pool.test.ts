import { join } from 'node:path'
import { type Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { type Pool, type PoolOptions, startPool } from '../../../src/nodes/threads/pool'
import { turns } from '../../../src/nodes/threads/turns'
import { until } from '../../support/until'
import type { Order } from './program'

const usual: PoolOptions = { threads: 1, queue: 8, jobsPerThread: 100, idleMs: 60_000, heapMb: 64 }
const patient = { timeoutMs: 30_000 }

describe('turns', () => {
  const order = (...owners: ReadonlyArray<string>): string => {
    const { next } = turns()
    const waiting = [...owners]
    return owners.map(() => waiting.splice(next(waiting), 1)[0]).join('')
  }

  it('go round among those who wait, each in its order of arrival', () => {
    expect(order('a', 'a', 'a', 'b', 'c', 'c')).to.equal('abcaca')
  })

  it('of one come in the order of arrival', () => {
    const { next } = turns()
    expect([next(['a', 'a', 'a']), next(['a', 'a']), next([])]).to.deep.equal([0, 0, -1])
  })

  it('are remembered when nobody waits: whoever comes again and again does not go before who waits', () => {
    const { next } = turns()
    const served = [next(['a', 'b']), next(['b', 'a']), next(['b', 'a'])]
    expect(served).to.deep.equal([0, 0, 1])
  })
})

describe('a pool of threads', () => {
  let pool: Pool<Order, number>
  let workers: Array<Worker>
  const note = (worker: Worker) => workers.push(worker)
  const start = (options: Partial<PoolOptions> = {}, file = join(__dirname, 'program')) => {
    pool = startPool(file, { ...usual, ...options })
    return (order: Order, change: Partial<Parameters<typeof pool.run>[1]> = {}) =>
      pool.run(order, { ...patient, ...change })
  }

  beforeEach(() => {
    workers = []
    process.on('worker', note)
  })
  afterEach(async () => {
    process.off('worker', note)
    await pool.close()
  })

  it('starts no thread before there is work', async () => {
    const run = start({ threads: 2 })
    expect(workers).to.have.length(0)
    expect((await run('answer'))._tag).to.equal('Answered')
    expect((await run('answer'))._tag).to.equal('Answered')
    expect(workers).to.have.length(1)
  })

  it('replaces a thread that hangs, throws, ends or takes all the memory; the next job has another', async () => {
    const run = start()
    const outcomes = [
      await run('hang', { timeoutMs: 50 }),
      await run('answer'),
      await run('throw'),
      await run('answer'),
      await run('eat'),
      await run('answer'),
    ]
    expect(outcomes.map(({ _tag }) => _tag)).to.deep.equal([
      'TimedOut',
      'Answered',
      'Crashed',
      'Answered',
      'OutOfMemory',
      'Answered',
    ])
    expect(workers).to.have.length(4)
  })

  it('does not give a job to a thread that ended while it had nothing to do', async () => {
    const run = start()
    expect((await run('end'))._tag).to.equal('Answered')
    await until(() => workers[0]?.threadId === -1)
    expect((await run('answer'))._tag).to.equal('Answered')
    expect(workers).to.have.length(2)
  })

  it('says of a thread that does not start that it is no fault of the job', async () => {
    const run = start({}, join(__dirname, 'no-such-program'))
    expect((await run('answer'))._tag).to.equal('NotStarted')
  })

  it('ends a thread that has had nothing to do for long enough', async () => {
    const run = start({ idleMs: 20 })
    expect((await run('answer'))._tag).to.equal('Answered')
    await until(() => workers[0]?.threadId === -1)
    expect((await run('answer'))._tag).to.equal('Answered')
    expect(workers).to.have.length(2)
  })

  it('gives owners their turns one after another', async () => {
    const run = start({ threads: 1 })
    const order: string[] = []
    const asked = ['a', 'a', 'a', 'a', 'b', 'c'].map(async (owner) => {
      await run('answer', { owner })
      order.push(owner)
    })
    await Promise.all(asked)
    expect(order.join('')).to.equal('abcaaa')
  })

  it('lets no owner have more than half of the queue, and nobody more than there is', async () => {
    const run = start({ queue: 4 })
    const asked = ['a', 'a', 'a', 'a', 'b', 'b', 'c'].map((owner) => run('answer', { owner }))
    const outcomes = (await Promise.all(asked)).map(({ _tag }) => _tag)
    expect(outcomes.join(' ')).to.equal('Answered Answered Answered QueueFull Answered Answered QueueFull')
  })

  it('refuses a job that has waited for too long', async () => {
    const run = start({ waitMs: 50 })
    const [stop, released] = [new AbortController(), run('answer')]
    await released
    const hanging = run('hang', { signal: stop.signal })
    expect((await run('answer'))._tag).to.equal('WaitedTooLong')
    stop.abort()
    expect((await hanging)._tag).to.equal('Aborted')
    expect((await run('answer'))._tag).to.equal('Answered')
  })

  it('is closed with a thread at work: what runs and what waits is refused, and so is what comes', async () => {
    const run = start()
    await run('answer')
    const asked = [run('hang'), run('answer')]
    await pool.close()
    expect((await Promise.all([...asked, run('answer')])).map(({ _tag }) => _tag)).to.deep.equal([
      'Closed',
      'Closed',
      'Closed',
    ])
    expect(workers[0]?.threadId).to.equal(-1)
  })
}).timeout(60_000)
