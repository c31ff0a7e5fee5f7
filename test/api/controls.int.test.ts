import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { as, at, bodyOf } from './requests'
import { steering } from './steering'

describe('controls', () => {
  const {
    site,
    client,
    start,
    workerFor,
    control,
    shown,
    stateOf,
    lengthOf,
    audit,
    refusals,
    made,
    complete,
    failedAtTheEnd,
  } = steering()

  describe('pause and cancel', () => {
    it('at once when no step is at work, also while no worker is there', async () => {
      const run = await start()
      const paused = await control(run, 'pause', { reason: 'lunch' }).expect(200)
      expect(bodyOf(paused)).to.deep.include({ id: run, execution_id: run, status: 'paused', requested: null })
      expect(paused.headers['etag']).to.equal(`"${String(bodyOf(paused)['revision'])}"`)
      const row = await shown(run, paused)
      expect(row).to.deep.include({ status: 'paused' })
      const [hold] = row['waiting_for'] as ReadonlyArray<object>
      expect(hold).to.deep.include({
        kind: 'paused',
        until: null,
        step_id: null,
        accepts: [
          { control: 'resume', needs: ['approved'], may: ['changes', 'reason'] },
          { control: 'cancel', needs: [], may: ['reason'] },
        ],
      })
      const canceled = await control(run, 'cancel', { reason: 'User requested cancellation' }).expect(200)
      expect(bodyOf(canceled)).to.include({ status: 'canceled' })
      const reasons = (await audit(run)).map(({ action, metadata }) => ({ action, ...metadata }))
      expect(reasons).to.deep.include.members([
        { action: 'execution.paused', at_once: true, reason: 'lunch' },
        { action: 'execution.canceled', reason: 'User requested cancellation' },
      ])
    })

    it('when the step at work ends, until which nothing else is accepted', async () => {
      const run = await start()
      const worker = workerFor(run)
      await worker.begin()
      await worker.document(2, 'ab'.repeat(32), 3, 'a.docx')
      expect(bodyOf(await control(run, 'pause').expect(200))).to.include({ status: 'running', requested: 'pause' })
      const canceling = await control(run, 'cancel').expect(200)
      expect(bodyOf(canceling)).to.include({ status: 'running', requested: 'cancel' })
      expect(await shown(run, canceling)).to.include({ status: 'running', requested: 'cancel' })
      const refused = await control(run, 'pause').expect(409)
      expect(bodyOf(refused)).to.deep.include({
        code: 'run_state_conflict',
        params: { status: 'running', accepted: ['cancel'] },
      })
      await complete(run, 2)
      expect((await stateOf(run)).status).to.equal('canceled')
    })

    it('twice is once, with the same answer', async () => {
      const run = await start()
      const first = bodyOf(await control(run, 'pause').expect(200))
      expect(bodyOf(await control(run, 'pause', { reason: 'again' }).expect(200))).to.deep.equal(first)
      const canceled = bodyOf(await control(run, 'cancel').expect(200))
      expect(bodyOf(await control(run, 'cancel').expect(200))).to.deep.equal(canceled)
    })

    it('take no body, and no other than they know', async () => {
      const run = await start()
      await client().send('post', `/executions/${run}/pause`).expect(200)
      expect(bodyOf(await control(run, 'cancel', { why: 1 }).expect(400))).to.include({ code: 'bad_request' })
      await control(run, 'cancel', { reason: 'x'.repeat(1_001) }).expect(400)
      await client().send('post', `/executions/${run}/cancel`).type('text/plain').send('reason').expect(415)
      await control(run, 'cancel?plan=perhaps').expect(400)
      await client().send('post', `/executions/${run}/cancel`).expect(200)
    })

    it('keep to the revision that the caller has seen', async () => {
      const run = await start()
      const before = await lengthOf(run)
      expect(bodyOf(await control(run, 'pause').set('If-Match', '"7"').expect(412))).to.include({
        code: 'precondition_failed',
      })
      await control(run, 'pause').set('If-Match', 'x').expect(400)
      expect(await lengthOf(run)).to.equal(before)
      await control(run, 'pause').set('If-Match', '"0"').expect(200)
    })

    it('with the same key are one request', async () => {
      const run = await start()
      const key = randomUUID()
      const first = await control(run, 'pause', { reason: 'a' }, key).expect(200)
      await control(run, 'resume', { approved: true }).expect(200)
      expect(bodyOf(await control(run, 'pause', { reason: 'a' }, key).expect(200))).to.deep.equal(bodyOf(first))
      expect(bodyOf(await control(run, 'pause', { reason: 'b' }, key).expect(422))).to.include({
        code: 'idempotency_key_reused',
      })
      expect((await stateOf(run)).status).to.equal('running')
    })
  })

  describe('what is refused', () => {
    it('says the state and what is accepted, and is written down, once for a key', async () => {
      const run = await start()
      await control(run, 'cancel').expect(200)
      const key = randomUUID()
      for (const _ of [1, 2]) {
        const refused = await control(run, 'resume', { approved: true }, key).expect(409)
        expect(bodyOf(refused)).to.deep.include({
          code: 'run_state_conflict',
          params: { status: 'canceled', accepted: ['retry'] },
        })
      }
      await control(run, 'pause').expect(409)
      expect((await refusals(run)).map(({ actor_type, metadata }) => [actor_type, metadata])).to.deep.equal(
        ['pause', 'resume'].map((name) => [
          'user',
          { control: name, outcome: 'refused', code: 'run_state_conflict', status: 'canceled' },
        ]),
      )
    })

    it('is not written down when it was not understood, or came from a stranger', async () => {
      const run = await start()
      await control(run, 'cancel').expect(200)
      const before = await lengthOf(run)
      await control(run, 'resume', {}).expect(400)
      await control(run, 'retry', { from_step: 9 }).expect(400)
      await control(run, 'pause').set('If-Match', '"0"').expect(412)
      await control(run, 'resume', { approved: true }).set('If-Match', '"0"').expect(412)
      await as(site(), site().theirs).post(`/executions/${run}/pause`).expect(404)
      await as(site(), site().ours, 'viewer').post(`/executions/${run}/pause`).expect(403)
      await control(run, 'pause?plan=true').expect(200)
      expect(await lengthOf(run)).to.equal(before)
    })
  })

  describe('with ?plan=true', () => {
    type Shown = ReadonlyArray<{ readonly label: string }>
    const labels = (answer: { readonly body: unknown }, path: string) =>
      (at(answer, `plan.${path}`) as Shown).map(({ label }) => label)

    it('tell what they would do, and do nothing', async () => {
      const run = await failedAtTheEnd()
      const before = await site().amounts()
      const retry = await control(run, 'retry?plan=true', { from_step: 3 }).expect(200)
      expect(bodyOf(retry)).to.include({ control: 'retry', accepted: true })
      expect(labels(retry, 'steps_to_run')).to.deep.equal(['Send'])
      expect(labels(retry, 'outputs_reused')).to.deep.equal(['Start', 'Generate Document'])
      expect(labels(retry, 'checks')).to.deep.equal(['Send'])
      expect(at(retry, 'plan.then')).to.equal('completed')
      const whole = await control(run, 'retry?plan=true').expect(200)
      expect(labels(whole, 'steps_to_run')).to.deep.equal(['Start', 'Generate Document', 'Send'])
      expect((at(whole, 'plan.effects_repeated') as ReadonlyArray<object>)[0]).to.include({ kind: 'document' })
      expect(await site().amounts()).to.deep.equal(before)
    })

    it('tell the ends of the others', async () => {
      const run = await start()
      expect(at(await control(run, 'pause?plan=true').expect(200), 'plan.then')).to.equal('paused')
      expect(at(await control(run, 'cancel?plan=true').expect(200), 'plan.then')).to.equal('canceled')
      const worker = await made(run)
      await worker.tell({ type: 'StartStep', step_id: await worker.stepAt(3), author: 'worker', data_in: {} })
      const later = await control(run, 'cancel?plan=true').expect(200)
      expect(at(later, 'plan.then')).to.equal('canceled_when_step_ends')
      await control(run, 'pause').expect(200)
      const changes = { recipient_email: 'new@example.com' }
      const resume = await control(run, 'resume?plan=true', { approved: true, changes }).expect(200)
      expect([labels(resume, 'steps_to_run'), labels(resume, 'checks')]).to.deep.equal([['Send'], ['Send']])
      const carried = await control(run, 'resume', { approved: true, changes }).expect(200)
      expect((at(carried, 'checks') as Shown).map(({ label }) => label)).to.deep.equal(['Send'])
    })

    it('tell why they would be refused', async () => {
      const run = await start()
      const refused = await control(run, 'resume?plan=true', { approved: true }).expect(200)
      expect(bodyOf(refused)).to.deep.include({ control: 'resume', accepted: false, plan: null })
      expect(at(refused, 'refused')).to.deep.include({
        code: 'run_state_conflict',
        params: { status: 'queued', accepted: ['pause', 'cancel'] },
      })
      await control(run, 'pause?plan=true').set('If-Match', '"5"').expect(412)
      expect(await lengthOf(run)).to.equal(1)
    })
  })
})
