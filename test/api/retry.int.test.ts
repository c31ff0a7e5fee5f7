import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { at, bodyOf, contract, defineActive, documentNode, idOf, manual, uploadDocx } from './requests'
import { steering, trigger_data } from './steering'

describe('retry', () => {
  const { client, nodes, start, workerFor, control, shown, stateOf, lengthOf, refusals, made, failedAtTheEnd } =
    steering()

  it('goes on in a new run with what was done before', async () => {
    const run = await failedAtTheEnd()
    const retried = await control(run, 'retry', { from_step: 3 }).expect(201)
    const after = idOf(retried)
    expect(bodyOf(retried)).to.include({ execution_id: after, status: 'queued', retry_of: run })
    expect(retried.headers['location']).to.equal(`/api/v1/executions/${after}`)
    const row = await shown(after, retried)
    expect(row).to.include({ status: 'queued', retry_of: run, retried_by: null })
    expect(row['correlation_id']).to.equal(bodyOf(retried)['correlation_id'])
    const steps = at(await client().get(`/executions/${after}/steps`).expect(200), 'steps') as ReadonlyArray<object>
    expect(steps.map((step) => at({ body: step }, 'reused_from'))).to.deep.equal([run, run, null])
    const effects = at(await client().get(`/executions/${after}/effects`).expect(200), 'effects')
    expect(effects).to.have.length(1)
    expect((effects as ReadonlyArray<object>)[0]).to.include({ kind: 'document', status: 'done', carried_from: run })
    await client()
      .get(`/executions/${run}?at_least=${(await lengthOf(run)) - 1}`)
      .expect(200)
    expect(bodyOf(await client().get(`/executions/${run}`).expect(200))).to.include({
      retried_by: after,
      status: 'failed',
    })
    expect((await stateOf(after)).triggerData).to.deep.equal(trigger_data)
  })

  it('is done once, by whatever key and however many at once', async () => {
    const run = await failedAtTheEnd()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => control(run, 'retry', { from_step: 3 })))
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201, 201])
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).to.equal(1)
    const key = randomUUID()
    const again = await control(run, 'retry', { from_step: 3 }, key).expect(201)
    expect(bodyOf(await control(run, 'retry', { from_step: 3 }, key).expect(201))).to.deep.equal(bodyOf(again))
    const other = await control(run, 'retry', { from_step: 2 }).expect(409)
    expect(bodyOf(other)).to.deep.include({ code: 'retried_already', params: { execution: idOf(again) } })
  })

  it('asked for again is answered as before, whatever has become of its workflow', async () => {
    const of = await defineActive(client())
    const run = await start(of)
    await workerFor(run).begin()
    await control(run, 'cancel').expect(200)
    const retried = bodyOf(await control(run, 'retry').expect(201))
    await client().post(`/workflows/${of}/archive`).expect(200)
    expect(bodyOf(await control(run, 'retry').expect(201))).to.deep.equal(retried)
  })

  it('from the beginning with other data, by the guide', async () => {
    const run = await failedAtTheEnd()
    const retried = await control(run, 'retry', { trigger_data: { ...trigger_data, deal_id: '9' } }).expect(201)
    const after = await stateOf(idOf(retried))
    expect(after.triggerData['deal_id']).to.equal('9')
    expect(after.steps.map(({ reusedFrom }) => reusedFrom)).to.deep.equal([undefined, undefined, undefined])
  })

  it('takes the same data in another order for the same', async () => {
    const run = await failedAtTheEnd()
    const same = Object.fromEntries(Object.entries(trigger_data).reverse())
    await control(run, 'retry', { trigger_data: same, from_step: 3 }).expect(201)
  })

  it('from a step only when nothing has changed that the steps before rest on', async () => {
    const own = idOf(await uploadDocx(client(), await contract()).expect(201))
    const drawn = [manual, documentNode(own), ...nodes().slice(2)]
    const of = await defineActive(client(), drawn)
    const run = await start(of)
    await (await made(run)).failStep(3)
    const changed = await control(run, 'retry', { from_step: 3, trigger_data: {} }).expect(409)
    expect(bodyOf(changed)).to.deep.include({
      code: 'retry_not_possible',
      params: { changed: ['trigger_data', `template ${own}`] },
    })
    const revision = (await client().get(`/workflows/${of}`).expect(200)).headers['etag'] ?? ''
    await client()
      .send('put', `/workflows/${of}`)
      .set('If-Match', revision)
      .send({ name: 'B', nodes: drawn })
      .expect(200)
    const moved = await control(run, 'retry', { from_step: 3 }).expect(409)
    expect(at(moved, 'params.changed')).to.deep.equal(['workflow_version', `template ${own}`])
    await control(run, 'retry', { from_step: 2 }).expect(409)
    expect((await refusals(run)).map(({ metadata }) => at({ body: metadata }, 'code'))).to.deep.equal([
      'retry_not_possible',
      'retry_not_possible',
      'retry_not_possible',
    ])
    await control(run, 'retry', {}).expect(201)
  })

  it('is refused while the run goes on, from a step that was not reached, or when the workflow is archived', async () => {
    const going = await start()
    expect(bodyOf(await control(going, 'retry').expect(409))).to.deep.include({
      params: { status: 'queued', accepted: ['pause', 'cancel'] },
    })
    await control(going, 'cancel').expect(200)
    expect(bodyOf(await control(going, 'retry', { from_step: 2 }).expect(409))).to.deep.include({
      code: 'step_not_reusable',
      params: { position: 1 },
    })
    const of = await defineActive(client())
    const run = await start(of)
    await control(run, 'cancel').expect(200)
    await client().post(`/workflows/${of}/archive`).expect(200)
    expect(bodyOf(await control(run, 'retry').expect(409))).to.include({ code: 'workflow_not_active' })
    await control(run, 'retry', { from_step: 0 }).expect(400)
  })

  it('has to say what becomes of an e-mail that may have been sent', async () => {
    const run = await start()
    await (await made(run)).loseOutcome(3)
    await control(run, 'cancel').expect(200)
    expect(bodyOf(await control(run, 'retry', { from_step: 3 }).expect(409))).to.include({
      code: 'repeat_decision_needed',
    })
    const planned = await control(run, 'retry?plan=true', { from_step: 3, repeat_effects: true }).expect(200)
    expect(at(planned, 'plan.effects_repeated')).to.have.length(1)
    const retried = await control(run, 'retry', { from_step: 3, repeat_effects: false }).expect(201)
    const { effects } = await stateOf(idOf(retried))
    expect(Object.values(effects).map(({ kind, status }) => [kind, status])).to.deep.equal([
      ['document', 'done'],
      ['email', 'done'],
    ])
  })
})
