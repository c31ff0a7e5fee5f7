import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { JsonObject } from '../../src/domain/json'
import { webhookTriggerData } from '../../src/nodes/preflight'
import { docxEngine } from '../../src/nodes/template-inspection'
import { startNodeRun } from '../support/node-run'

const run = async (node_type: string, config: JsonObject, trigger: JsonObject) => {
  const docx = docxEngine()
  const started = await startNodeRun(docx, { nodes: [{ node_type, config }], trigger })
  const result = await started.step(1)
  await started.end()
  await docx.close()
  return result
}

describe('triggers', () => {
  it('give what began the run, the data apart', async () => {
    expect(await run('manual', {}, { source_object_id: 42, name: 'Ana' })).to.deep.equal(
      E.right({
        output: { source_object_type: 'manual' },
        personal: { source_object_id: '42', source_data: { source_object_id: 42, name: 'Ana' } },
      }),
    )
    expect(await run('webhook', { source_object_type: 'order' }, {})).to.deep.equal(
      E.right({ output: { source_object_type: 'order' }, personal: { source_data: {} } }),
    )
  })

  it('do not copy data that would not fit into an event beside itself', async () => {
    const result = await run('manual', {}, { text: 'x'.repeat(200_000) })
    expect(E.isRight(result) && result.right.personal).to.deep.equal({})
  })

  it('map the body of a webhook', () => {
    const config = { field_mapping: { 'client.name': 'contact.0.full_name', id: 'object.id', gone: 'not.there' } }
    const body = { contact: [{ full_name: 'Ana' }], object: { id: 7 } }
    expect(webhookTriggerData(config, body)).to.deep.equal({ ...body, client: { name: 'Ana' }, id: 7 })
    expect(webhookTriggerData({}, body)).to.deep.equal(body)
  })

  it('map only own properties, and reach no prototype', () => {
    const config = { field_mapping: { 'a.constructor': 'b' } }
    const mapped = webhookTriggerData(config, { b: 1 })
    expect(mapped['a']).to.deep.equal({ constructor: 1 })
    expect(webhookTriggerData({ field_mapping: { a: 'b.toString' } }, { b: {} })).to.deep.equal({ b: {} })
  })

  it('copy a body once, however many of its fields are mapped', () => {
    const body: JsonObject = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`x${i}`, i]))
    const mapping = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`y${i}`, `x${i}`]))
    const quickest = (count: number): number => {
      const field_mapping = mapping(count)
      const times = Array.from({ length: 3 }, () => {
        const began = performance.now()
        webhookTriggerData({ field_mapping }, body)
        return performance.now() - began
      })
      return Math.min(...times)
    }
    expect(quickest(200) / quickest(1)).to.be.lessThan(50)
  })

  it('map over what was mapped before, and leave the body as it was', () => {
    const body = { a: { b: 1 }, c: [{ d: 2 }] }
    const field_mapping = { 'x.y': 'a', 'x.y.z': 'c.0.d', 'a.e': 'c', c: 'a.b' }
    expect(webhookTriggerData({ field_mapping }, body)).to.deep.equal({
      a: { b: 1, e: [{ d: 2 }] },
      c: 1,
      x: { y: { b: 1, z: 2 } },
    })
    expect(body).to.deep.equal({ a: { b: 1 }, c: [{ d: 2 }] })
  })
})
