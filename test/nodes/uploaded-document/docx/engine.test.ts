import { expect } from 'chai'
import { docxEngine, type DocxEngine } from '../../../../src/nodes/uploaded-document/docx'
import { docxThreads } from '../../../../src/nodes/uploaded-document/docx/engine'
import { type Job } from '../../../../src/nodes/uploaded-document/docx/job'
import { docxText, templateDocx, templateDocxOf } from '../../../support/docx'
import { faultOf, valueOf } from './results'

const options = { threads: 1, queue: 8, jobsPerThread: 200, idleMs: 60_000, heapMb: 512 }

const renderJob = async (data: unknown): Promise<Job> => ({
  type: 'render',
  template: await templateDocxOf({ rows: [['{{#rows}}{{n}}', '{{text}}{{/rows}}']] }),
  json: JSON.stringify(data),
})

const heavy = () => renderJob({ rows: Array.from({ length: 90_000 }, (_, n) => ({ n, text: 'x'.repeat(50) })) })
const light = () => renderJob({ rows: [{ n: 1, text: 'one' }] })

describe('the engine', () => {
  let engine: DocxEngine
  before(() => {
    engine = docxEngine({ threads: 2, queue: 4 })
  })
  after(() => engine.close())

  it('inspects and fills in worker threads', async () => {
    const template = await templateDocx('Dear {{name}}')
    expect(valueOf(await engine.inspectTemplate(template)()).tags).to.deep.equal([{ path: 'name', loops: [] }])
    const { bytes } = valueOf(await engine.renderTemplate(template, { name: 'Ana' })())
    expect(docxText(bytes)).to.equal('Dear Ana')
    expect(template.length).to.be.greaterThan(0)
  })

  it('answers a refusal as a value', async () => {
    const template = await templateDocx('Dear {{name}}')
    expect(faultOf(await engine.renderTemplate(template, {})())).to.deep.include({
      _tag: 'TemplateFault',
      code: 'data.unresolved_variable',
      params: { path: 'name' },
    })
    expect(faultOf(await engine.inspectTemplate(Buffer.from('%PDF-1.7'))()).code).to.equal('template.unreadable')
  })

  it('refuses a file over the limit without a thread', async () => {
    const closed = docxEngine()
    await closed.close()
    const fault = faultOf(await closed.inspectTemplate(new Uint8Array(26 * 1024 * 1024))())
    expect(fault).to.deep.include({ code: 'template.too_large', params: { limit: '25 MB' } })
  })

  it('refuses data that is not JSON, or too much of it', async () => {
    const template = await templateDocx('{{a}}')
    expect(faultOf(await engine.renderTemplate(template, { a: 1n })()).tech).to.equal('the data is not JSON')
    const much = { a: 'x'.repeat(17 * 1024 * 1024) }
    expect(faultOf(await engine.renderTemplate(template, much)()).code).to.equal('data.payload_too_large')
  })

  it('does many at once, and refuses what neither a thread nor the queue can take', async () => {
    const template = await templateDocx('{{n}}')
    const results = await Promise.all(Array.from({ length: 12 }, (_, n) => engine.renderTemplate(template, { n })()))
    const codes = results.map((result) => (result._tag === 'Right' ? docxText(result.right.bytes) : result.left.code))
    expect(codes.slice(0, 6)).to.deep.equal(['0', '1', '2', '3', '4', '5'])
    expect(codes.slice(6)).to.deep.equal(Array.from({ length: 6 }, () => 'rate_limited'))
  })

  it('after close refuses', async () => {
    const closed = docxEngine()
    await closed.close()
    const fault = faultOf(await closed.renderTemplate(await templateDocx('x'), {})())
    expect(fault.tech).to.match(/closed/)
  })
})

describe('the pool of threads', () => {
  it('ends a job at its deadline, at once, and goes on with the next', async () => {
    const pool = docxThreads(options)
    try {
      await pool.run(await light(), { timeoutMs: 10_000 })
      const [late, next] = await Promise.all([
        pool.run(await heavy(), { timeoutMs: 300 }),
        pool.run(await light(), { timeoutMs: 10_000 }),
      ])
      expect(late._tag).to.equal('TimedOut')
      expect(next._tag).to.equal('Answered')
    } finally {
      await pool.close()
    }
  }).timeout(20_000)

  it('outlives a job that takes all the memory', async () => {
    const pool = docxThreads({ ...options, heapMb: 40 })
    try {
      expect((await pool.run(await heavy(), { timeoutMs: 30_000 }))._tag).to.equal('OutOfMemory')
      expect((await pool.run(await light(), { timeoutMs: 10_000 }))._tag).to.equal('Answered')
    } finally {
      await pool.close()
    }
  }).timeout(40_000)

  it('replaces a thread after its number of jobs', async () => {
    const pool = docxThreads({ ...options, jobsPerThread: 1 })
    try {
      for (let n = 0; n < 3; n += 1)
        expect((await pool.run(await light(), { timeoutMs: 10_000 }))._tag).to.equal('Answered')
    } finally {
      await pool.close()
    }
  }).timeout(20_000)

  it('closes while a thread starts, works and is waited for', async () => {
    const pool = docxThreads(options)
    const jobs = [pool.run(await heavy(), { timeoutMs: 10_000 }), pool.run(await light(), { timeoutMs: 10_000 })]
    await pool.close()
    expect((await Promise.all(jobs)).map(({ _tag }) => _tag)).to.deep.equal(['Closed', 'Closed'])
  })
})
