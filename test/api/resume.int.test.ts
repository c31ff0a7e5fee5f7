import { expect } from 'chai'
import { at, bodyOf } from './requests'
import { steering, trigger_data } from './steering'

describe('resume', () => {
  const { client, start, workerFor, control, stateOf, lengthOf, audit, refusals, verdictOn, made, complete } =
    steering()

  it('takes the changes into the data, and checks what they touch', async () => {
    const run = await start()
    await made(run)
    await control(run, 'pause').expect(200)
    const changes = { recipient_email: 'new@example.com' }
    const resumed = await control(run, 'resume', { approved: true, changes }).expect(200)
    expect(bodyOf(resumed)).to.include({ status: 'running', requested: null })
    expect((at(resumed, 'checks') as ReadonlyArray<object>).map((check) => ({ ...check, node_id: '' }))).to.deep.equal([
      { position: 3, label: 'Send', node_id: '' },
    ])
    const { triggerData, preflight } = await stateOf(run)
    expect(triggerData).to.deep.equal({ ...trigger_data, ...changes })
    expect(preflight.due).to.have.length(1)
    const [entry] = (await audit(run)).filter(({ action }) => action === 'execution.resumed')
    expect(entry?.metadata).to.deep.include({ approved: true, changed_fields: ['recipient_email'] })
    const again = await control(run, 'resume', { approved: true, changes }).expect(200)
    expect(bodyOf(again)).to.deep.equal(bodyOf(resumed))
  })

  it('twice is once, with the same answer, however far the run has come by then', async () => {
    const run = await start()
    const worker = await made(run)
    await control(run, 'pause').expect(200)
    const said = { approved: true, changes: { recipient_email: 'new@example.com' } }
    const first = bodyOf(await control(run, 'resume', said).expect(200))
    expect(first['checks']).to.have.length(1)
    const again = async () => {
      const { status, revision } = first
      const body = bodyOf(await control(run, 'resume', said).expect(200))
      return {
        moved: body['revision'] !== revision,
        body: { ...body, status, revision, position: first['position'] },
      }
    }
    await worker.tell(await verdictOn(run))
    expect(await again()).to.deep.equal({ moved: true, body: first })
    await worker.failStep(3)
    expect(await again()).to.deep.equal({ moved: true, body: first })
  })

  it('that is not approved answers the same before and after the step at work has ended', async () => {
    const run = await start()
    const worker = workerFor(run)
    await worker.begin()
    await worker.document(2, 'ab'.repeat(32), 3, 'a.docx')
    await control(run, 'pause').expect(200)
    const first = await control(run, 'resume', { approved: false }).expect(200)
    expect(bodyOf(first)).to.deep.include({ status: 'running', requested: 'cancel', checks: [] })
    await complete(run, 2)
    const again = await control(run, 'resume', { approved: false }).expect(200)
    expect(bodyOf(again)).to.deep.include({ status: 'canceled', checks: [] })
  })

  it('has to say whether it is approved', async () => {
    const run = await start()
    await control(run, 'pause').expect(200)
    const refused = await control(run, 'resume', { changes: {} }).expect(400)
    expect(at(refused, 'params.problems')).to.deep.equal([{ pointer: '/approved', problem: 'is missing' }])
    await client()
      .send('post', `/executions/${run}/resume`)
      .type('json')
      .send('{"approved": true, "changes": {"a": 1, "a": 2}}')
      .expect(400)
  })

  it('that is not approved cancels', async () => {
    const run = await start()
    await control(run, 'pause').expect(200)
    const said = await control(run, 'resume', { approved: false, reason: 'wrong client' }).expect(200)
    expect(bodyOf(said)).to.deep.include({ status: 'canceled', checks: [] })
    const [canceled, resumed] = await audit(run)
    expect([canceled?.action, resumed?.action]).to.deep.equal(['execution.canceled', 'execution.resumed'])
    expect(resumed?.metadata).to.deep.include({ approved: false, reason: 'wrong client' })
  })

  it('of an e-mail that may have been sent needs a decision, which is enough', async () => {
    const run = await start()
    const worker = await made(run)
    await worker.loseOutcome(3)
    const refused = await control(run, 'resume', { approved: true }).expect(409)
    expect(bodyOf(refused)).to.deep.include({ code: 'outcome_decision_needed' })
    expect((await refusals(run)).map(({ metadata }) => metadata)).to.deep.equal([
      { control: 'resume', outcome: 'refused', code: 'outcome_decision_needed', status: 'needs_review' },
    ])
    const waiting = bodyOf(
      await client()
        .get(`/executions/${run}?at_least=${(await lengthOf(run)) - 1}`)
        .expect(200),
    )
    expect(at({ body: waiting }, 'waiting_for.0')).to.deep.include({
      kind: 'outcome_lost',
      step_id: await worker.stepAt(3),
      accepts: [
        { control: 'resume', needs: ['decision'], may: ['approved', 'changes', 'reason'] },
        { control: 'cancel', needs: [], may: ['reason'] },
      ],
    })
    const decided = await control(run, 'resume', { decision: 'assume_sent' }).expect(200)
    expect(bodyOf(decided)['status']).to.be.oneOf(['running', 'ready', 'sending'])
  })

  it('does not let the data grow without end', async () => {
    const run = await start()
    for (const field of ['a', 'b']) {
      await control(run, 'pause').expect(200)
      const big = await control(run, 'resume', { approved: true, changes: { [field]: 'x'.repeat(600_000) } })
      expect(big.status, field).to.equal(field === 'a' ? 200 : 413)
    }
    const many = { list: Array.from({ length: 19_990 }, () => 1) }
    const other = await start()
    for (const [changes, status] of [
      [many, 200],
      [{ list: null, more: many.list }, 200],
      [many, 413],
      [{}, 200],
    ] as const) {
      await control(other, 'pause').expect(200)
      await control(other, 'resume', { approved: true, changes }).expect(status)
    }
  })
})
