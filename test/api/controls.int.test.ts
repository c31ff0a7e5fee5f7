import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { execution, executionStream } from '../../src/domain/execution'
import type { Execution } from '../../src/domain/execution/state'
import type { ExecutionId, TemplateId } from '../../src/domain/ids'
import { load } from '../../src/domain/load'
import { as, at, bodyOf, type Client, contract, defineActive, documentNode, idOf, manual, uploadDocx } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'
import { workerOn } from './worker'

const smtp = { name: 'Mail', type: 'smtp', config: { host: 'mail.example.com', port: 25, from: 'docs@example.com' } }
const trigger_data = { deal_id: '123', recipient_email: 'old@example.com', client: { name: 'Ana' }, items: [] }

describe('controls', () => {
  let site: Site
  let client: Client
  let template: string
  let workflow: string
  let nodes: ReadonlyArray<object>
  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
    template = idOf(await uploadDocx(client, await contract()).expect(201))
    const connection_id = idOf(await client.post('/connections', smtp).expect(201))
    const config = { connection_id, to: ['{{trigger.recipient_email}}'], subject_template: 'Contract' }
    nodes = [manual, documentNode(template), { node_type: 'email', label: 'Send', config }]
    workflow = await defineActive(client, nodes)
  })

  const start = async (of = workflow): Promise<string> =>
    idOf(await client.post(`/workflows/${of}/executions`, { trigger_data }).expect(201))
  const workers = new Map<string, ReturnType<typeof workerOn>>()
  const workerFor = (run: string) => {
    const worker = workers.get(run) ?? workerOn(site, site.ours.id, run)
    workers.set(run, worker)
    return worker
  }
  const control = (run: string, name: string, body: object = {}, key = randomUUID()) =>
    client.post(`/executions/${run}/${name}`, body, key)
  /** As the rows say once they have reached what an answer told. */
  const shown = async (run: string, answer: { readonly body: unknown }) =>
    bodyOf(await client.get(`/executions/${run}?at_least=${String(bodyOf(answer)['revision'])}`).expect(200))
  const stateOf = async (run: string): Promise<Execution> => {
    const loaded = await load(site.store)(execution)(executionStream(run as ExecutionId))()
    if (E.isLeft(loaded) || loaded.right.state.status === 'unborn') throw new Error('no run')
    return loaded.right.state
  }
  const lengthOf = async (run: string): Promise<number> => {
    const read = await site.store.readStream(executionStream(run as ExecutionId), { limit: 1_000 })()
    return E.isRight(read) ? read.right.length : 0
  }
  type Audited = { readonly action: string; readonly actor_type: string; readonly metadata: object }
  const audit = async (run: string): Promise<ReadonlyArray<Audited>> => {
    const revision = (await lengthOf(run)) - 1
    await client.get(`/executions/${run}?at_least=${revision}`).expect(200)
    const answer = await client.get(`/executions/${run}/audit?at_least=${revision}`).expect(200)
    return at(answer, 'events') as ReadonlyArray<Audited>
  }
  const refusals = async (run: string) =>
    (await audit(run)).filter(({ action }) => action === 'execution.control_refused')

  /** Nothing is in the way of what is to be checked. */
  const verdictOn = async (run: string) => {
    const { executionId, workflowVersion, workflowRevision, preflight } = await stateOf(run)
    return {
      type: 'RecordPreflight' as const,
      round: preflight.round,
      execution_id: executionId,
      at: new Date().toISOString(),
      duration_ms: 1,
      input_hash: '',
      workflow_version: workflowVersion,
      workflow_revision: workflowRevision,
      templates: [{ template_id: template as TemplateId, version: 1 }],
      nodes: preflight.due,
      blocking_count: 0,
      warning_count: 0,
      personal: { findings: [] },
    }
  }
  /** Checked, its first two steps done. */
  const made = async (run: string) => {
    const worker = workerFor(run)
    await worker.begin()
    await worker.tell(await verdictOn(run))
    await worker.document(2, 'ab'.repeat(32), 3, 'a.docx')
    await complete(run, 2)
    return worker
  }
  const complete = async (run: string, position: number) => {
    const { tell, stepAt } = workerFor(run)
    const step_id = await stepAt(position)
    await tell({ type: 'CompleteStep', step_id, output: { made: position }, personal: { output: {} } })
  }
  const failedAtTheEnd = async () => {
    const run = await start()
    await (await made(run)).failStep(3)
    return run
  }

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
      expect((await audit(run)).map(({ action }) => action)).to.include.members([
        'execution.paused',
        'execution.canceled',
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
      await client.send('post', `/executions/${run}/pause`).expect(200)
      expect(bodyOf(await control(run, 'cancel', { why: 1 }).expect(400))).to.include({ code: 'bad_request' })
      await control(run, 'cancel', { reason: 'x'.repeat(1_001) }).expect(400)
      await client.send('post', `/executions/${run}/cancel`).type('text/plain').send('reason').expect(415)
      await control(run, 'cancel?plan=perhaps').expect(400)
      await client.send('post', `/executions/${run}/cancel`).expect(200)
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
      await as(site, site.theirs).post(`/executions/${run}/pause`).expect(404)
      await as(site, site.ours, 'viewer').post(`/executions/${run}/pause`).expect(403)
      await control(run, 'pause?plan=true').expect(200)
      expect(await lengthOf(run)).to.equal(before)
    })
  })

  describe('resume', () => {
    it('takes the changes into the data, and checks what they touch', async () => {
      const run = await start()
      await made(run)
      await control(run, 'pause').expect(200)
      const changes = { recipient_email: 'new@example.com' }
      const resumed = await control(run, 'resume', { approved: true, changes }).expect(200)
      expect(bodyOf(resumed)).to.include({ status: 'running', requested: null })
      expect(
        (at(resumed, 'checks') as ReadonlyArray<object>).map((check) => ({ ...check, node_id: '' })),
      ).to.deep.equal([{ position: 3, label: 'Send', node_id: '' }])
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
      await client
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
      expect((await audit(run)).map(({ action }) => action).slice(0, 2)).to.deep.equal([
        'execution.canceled',
        'execution.resumed',
      ])
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
      const waiting = bodyOf(await client.get(`/executions/${run}?at_least=${(await lengthOf(run)) - 1}`).expect(200))
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
    })
  })

  describe('retry', () => {
    it('goes on in a new run with what was done before', async () => {
      const run = await failedAtTheEnd()
      const retried = await control(run, 'retry', { from_step: 3 }).expect(201)
      const after = idOf(retried)
      expect(bodyOf(retried)).to.include({ execution_id: after, status: 'queued', retry_of: run })
      expect(retried.headers['location']).to.equal(`/api/v1/executions/${after}`)
      const row = await shown(after, retried)
      expect(row).to.include({ status: 'queued', retry_of: run, retried_by: null })
      expect(row['correlation_id']).to.equal(bodyOf(retried)['correlation_id'])
      const steps = at(await client.get(`/executions/${after}/steps`).expect(200), 'steps') as ReadonlyArray<object>
      expect(steps.map((step) => at({ body: step }, 'reused_from'))).to.deep.equal([run, run, null])
      const effects = at(await client.get(`/executions/${after}/effects`).expect(200), 'effects')
      expect(effects).to.have.length(1)
      expect((effects as ReadonlyArray<object>)[0]).to.include({ kind: 'document', status: 'done', carried_from: run })
      await client.get(`/executions/${run}?at_least=${(await lengthOf(run)) - 1}`).expect(200)
      expect(bodyOf(await client.get(`/executions/${run}`).expect(200))).to.include({
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
      const of = await defineActive(client)
      const run = await start(of)
      await workerFor(run).begin()
      await control(run, 'cancel').expect(200)
      const retried = bodyOf(await control(run, 'retry').expect(201))
      await client.post(`/workflows/${of}/archive`).expect(200)
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
      const own = idOf(await uploadDocx(client, await contract()).expect(201))
      const drawn = [manual, documentNode(own), ...nodes.slice(2)]
      const of = await defineActive(client, drawn)
      const run = await start(of)
      await (await made(run)).failStep(3)
      const changed = await control(run, 'retry', { from_step: 3, trigger_data: {} }).expect(409)
      expect(bodyOf(changed)).to.deep.include({
        code: 'retry_not_possible',
        params: { changed: ['trigger_data', `template ${own}`] },
      })
      const revision = (await client.get(`/workflows/${of}`).expect(200)).headers['etag'] ?? ''
      await client
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
      const of = await defineActive(client)
      const run = await start(of)
      await control(run, 'cancel').expect(200)
      await client.post(`/workflows/${of}/archive`).expect(200)
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

  describe('with ?plan=true', () => {
    type Shown = ReadonlyArray<{ readonly label: string }>
    const labels = (answer: { readonly body: unknown }, path: string) =>
      (at(answer, `plan.${path}`) as Shown).map(({ label }) => label)

    it('tell what they would do, and do nothing', async () => {
      const run = await failedAtTheEnd()
      const before = await site.amounts()
      const retry = await control(run, 'retry?plan=true', { from_step: 3 }).expect(200)
      expect(bodyOf(retry)).to.include({ control: 'retry', accepted: true })
      expect(labels(retry, 'steps_to_run')).to.deep.equal(['Send'])
      expect(labels(retry, 'outputs_reused')).to.deep.equal(['Start', 'Generate Document'])
      expect(labels(retry, 'checks')).to.deep.equal(['Send'])
      expect(at(retry, 'plan.then')).to.equal('completed')
      const whole = await control(run, 'retry?plan=true').expect(200)
      expect(labels(whole, 'steps_to_run')).to.deep.equal(['Start', 'Generate Document', 'Send'])
      expect((at(whole, 'plan.effects_repeated') as ReadonlyArray<object>)[0]).to.include({ kind: 'document' })
      expect(await site.amounts()).to.deep.equal(before)
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
