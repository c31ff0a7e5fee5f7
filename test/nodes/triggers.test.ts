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
})
