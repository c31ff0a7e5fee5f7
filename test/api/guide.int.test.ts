import { expect } from 'chai'
import { createHash, randomUUID } from 'node:crypto'
import {
  as,
  at,
  base,
  type Body,
  bodyOf,
  contract,
  defineActive,
  documentNode,
  idOf,
  manual,
  startRun,
  triggerData,
  uploadDocx,
} from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'
import { workerOn } from './worker'
import request from 'supertest'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

describe("the guide's requests", () => {
  let site: Site
  before(async () => {
    site = await sharedSite()
  })

  it('start a run: 201 with where it is and what it is', async () => {
    const client = as(site, site.ours, 'operator')
    const workflow = await defineActive(as(site, site.ours))
    const correlation = '11111111-2222-4333-8444-555555555555'
    const answer = await client
      .post(`/workflows/${workflow}/executions`, { trigger_data: { deal_id: '123' } })
      .set('X-Correlation-ID', correlation)
      .set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
      .expect(201)
    expect(bodyOf(answer)).to.have.all.keys('id', 'execution_id', 'status', 'correlation_id', 'revision', 'position')
    expect(bodyOf(answer)).to.include({ status: 'queued', correlation_id: correlation, revision: 0 })
    expect(idOf(answer)).to.match(uuid).and.equal(at(answer, 'execution_id'))
    expect(answer.headers).to.include({
      location: `${base}/executions/${idOf(answer)}`,
      etag: '"0"',
      'x-correlation-id': correlation,
      'x-docg-position': at(answer, 'position'),
    })
    const run = await client.get(`/executions/${idOf(answer)}`).expect(200)
    expect(bodyOf(run)).to.include({ correlation_id: correlation, trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' })
  })

  it('show a run, its steps, logs, audit, documents and effects', async () => {
    const client = as(site, site.ours)
    const { execution, workflow } = await startRun(client)
    const run = await client.get(`/executions/${execution}?at_least=0`).expect(200)
    expect(bodyOf(run)).to.include({
      id: execution,
      workflow_id: workflow,
      status: 'queued',
      progress: 0,
      last_error_human: null,
    })
    expect(bodyOf(run)).to.include.keys(
      'current_step',
      'last_error_tech',
      'correlation_id',
      'phase_metrics',
      'preflight_summary',
      'delivery_state',
      'signature_state',
      'recommended_actions',
    )
    expect(run.headers).to.include({ etag: '"0"', 'content-language': 'pt-BR' })
    expect(run.headers['x-docg-position']).to.match(/^\d+\/\d+$/)

    const steps = await client.get(`/executions/${execution}/steps`).expect(200)
    expect((bodyOf(steps)['steps'] as Body[]).map(({ step_index, status }) => [step_index, status])).to.deep.equal([
      [1, 'pending'],
      [2, 'pending'],
    ])
    const logs = await client.get(`/executions/${execution}/logs?level=ok&domain=step&limit=50`).expect(200)
    expect(bodyOf(logs)).to.include({ has_more: false, next_cursor: null })
    expect(at(logs, 'logs.0')).to.include({
      execution_id: execution,
      step_id: null,
      level: 'ok',
      message_human: 'Execução de "Contract Generation" na fila',
    })
    const audit = await client.get(`/executions/${execution}/audit?at_least=0`).expect(200)
    expect(audit.headers).to.not.have.property('etag')
    expect(at(audit, 'events.0')).to.deep.include({
      action: 'execution.started',
      actor_type: 'user',
      target_type: 'execution',
      target_id: execution,
    })
    expect(at(audit, 'events.0.metadata')).to.include({
      workflow_name: 'Contract Generation',
      trigger_source: 'manual',
    })
    expect(bodyOf(await client.get(`/executions/${execution}/documents`).expect(200))).to.deep.equal({ documents: [] })
    expect(bodyOf(await client.get(`/executions/${execution}/effects`).expect(200))).to.deep.equal({ effects: [] })
  })

  it('show what went wrong in the language of the reader, and the technical part to those who may see it', async () => {
    const client = as(site, site.ours)
    const { execution } = await startRun(client)
    const worker = workerOn(site, site.ours.id, execution)
    await worker.begin()
    await worker.failStep(2)
    const read = (role: 'viewer' | 'auditor', locale: string) =>
      as(site, site.ours, role).get(`/executions/${execution}?at_least=5&locale=${locale}`).expect(200)
    const human = 'O servidor de e-mail recusou o destinatário x…@example.com; confira o endereço'
    expect(bodyOf(await read('viewer', 'pt-BR'))).to.include({
      status: 'failed',
      last_error_human: human,
      last_error_tech: null,
    })
    expect(bodyOf(await read('auditor', 'en'))).to.include({
      last_error_human: 'The mail server refused the recipient x@example.com; check the address',
      last_error_tech: '550 5.1.1 no such user',
    })
    const steps = async (role: 'viewer' | 'auditor') =>
      at(await as(site, site.ours, role).get(`/executions/${execution}/steps?locale=en`), 'steps.1')
    expect(await steps('viewer')).to.include({ status: 'failure', error_tech: null })
    expect(await steps('auditor')).to.include({ error_tech: '550 5.1.1 no such user' })
    const log = async (role: 'viewer' | 'auditor') =>
      at(await as(site, site.ours, role).get(`/executions/${execution}/logs?level=error&locale=en`), 'logs.0')
    expect(await log('viewer')).to.include({ message_tech: null })
    expect(await log('auditor')).to.include({ message_tech: '550 5.1.1 no such user' })
    expect(await log('viewer'))
      .to.have.property('message_human')
      .that.includes('The mail server refused')
  })

  it('give a document as it was made', async () => {
    const client = as(site, site.ours)
    const file = await contract()
    const sha256 = createHash('sha256').update(file).digest('hex')
    const { execution } = await startRun(client)
    const worker = workerOn(site, site.ours.id, execution)
    await worker.begin()
    const document = await worker.document(2, sha256, file.length, 'contrato ação.docx')
    const list = await client.get(`/executions/${execution}/documents?at_least=6`).expect(200)
    expect(at(list, 'documents.0')).to.include({
      id: document,
      execution_id: execution,
      sha256,
      size: file.length,
      url: `${base}/documents/${document}`,
    })
    const answer = await client
      .get(`/documents/${document}`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => done(null, Buffer.concat(chunks)))
      })
    expect(answer.status).to.equal(200)
    expect(Buffer.compare(answer.body as Buffer, Buffer.from(file))).to.equal(0)
    expect(answer.headers).to.include({
      etag: `"${sha256}"`,
      'x-content-type-options': 'nosniff',
      'content-type': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'content-disposition': `attachment; filename="contrato a__o.docx"; filename*=UTF-8''contrato%20a%C3%A7%C3%A3o.docx`,
    })
    await client.get(`/documents/${document}`).set('If-None-Match', `"${sha256}"`).expect(304)
    const head = await client.send('head', `/documents/${document}`).expect(200)
    expect(head.headers['content-length']).to.equal(String(file.length))
    await as(site, site.theirs).get(`/documents/${document}`).expect(404)
    const effects = await client.get(`/executions/${execution}/effects?at_least=6`).expect(200)
    expect(at(effects, 'effects.0')).to.include({ kind: 'document', status: 'done', times: 1 })
    const later = await client.get(`/executions/${execution}/effects?at_least=7`).expect(503)
    expect(bodyOf(later)).to.include({ code: 'read_model_behind' })
  })

  it('give a document as soon as the log has it', async () => {
    const client = as(site, site.ours)
    const sha256 = createHash('sha256').update('x').digest('hex')
    for (let n = 0; n < 5; n += 1) {
      const { execution } = await startRun(client)
      const worker = workerOn(site, site.ours.id, execution)
      await worker.begin()
      const document = await worker.document(2, sha256, 1, 'x.docx')
      // The file was never stored: only the row is asked for here.
      const answer = await client.get(`/documents/${document}`)
      expect([answer.status, bodyOf(answer)['code']]).to.deep.equal([500, 'internal_error'])
    }
    const none = await client.get(`/documents/${randomUUID()}`).expect(404)
    expect(bodyOf(none)).to.include({ code: 'not_found' })
  })

  it('refuse a run of a workflow that is not active, naming its state', async () => {
    const client = as(site, site.ours)
    const id = idOf(await client.post('/workflows', { name: 'Draft', nodes: [manual] }))
    const before = await site.amounts()
    const refused = await client.post(`/workflows/${id}/executions`, { trigger_data: {} }).expect(409)
    expect(bodyOf(refused)).to.deep.include({ code: 'workflow_not_active', params: { status: 'draft' } })
    expect(await site.amounts()).to.deep.equal(before)
  })

  it('refuse a run that cannot succeed, with everything that stands in its way', async () => {
    const client = as(site, site.ours)
    const template = idOf(await uploadDocx(client, await contract()))
    const workflow = await defineActive(client, [manual, documentNode(template)])
    const before = await site.amounts()
    const refused = await client
      .post(`/workflows/${workflow}/executions?locale=en&preflight=true`, { trigger_data: { deal_id: '1' } })
      .expect(422)
    expect(bodyOf(refused)).to.include({ code: 'preflight.blocked' })
    const issues = at(refused, 'params.issues') as Body[]
    expect(issues[0]).to.have.all.keys('code', 'domain', 'severity', 'message_human', 'message_tech', 'node_id')
    expect(issues.map(({ message_human }) => message_human).join()).to.include('client.name')
    expect(refused.headers['content-type']).to.include('application/problem+json')
    expect(await site.amounts()).to.deep.equal(before)
  })

  it('let a person decide on a delivery whose outcome was lost', async () => {
    const client = as(site, site.ours, 'operator')
    const { execution } = await startRun(as(site, site.ours))
    const early = await client.post(`/executions/${execution}/resume`, { decision: 'resend' }).expect(409)
    expect(bodyOf(early)).to.deep.include({
      code: 'run_state_conflict',
      params: { status: 'queued', accepted: ['pause', 'cancel'] },
    })
    const worker = workerOn(site, site.ours.id, execution)
    await worker.begin()
    await worker.loseOutcome(2)
    expect(bodyOf(await client.get(`/executions/${execution}?at_least=7`).expect(200))).to.include({
      status: 'needs_review',
    })
    expect(at(await client.get(`/executions/${execution}/effects`), 'effects.0')).to.include({
      kind: 'email',
      status: 'lost',
    })
    await client.post(`/executions/${execution}/resume`, { decision: 'maybe' }).expect(400)
    await client.post(`/executions/${execution}/resume`, { decision: 'resend' }).set('If-Match', '"3"').expect(412)
    const decided = await client.post(`/executions/${execution}/resume`, { decision: 'assume_sent' }, 'k1').expect(200)
    expect(bodyOf(decided)).to.include({ id: execution, status: 'running' })
    expect(
      bodyOf(await client.post(`/executions/${execution}/resume`, { decision: 'assume_sent' }, 'k1').expect(200)),
    ).to.deep.equal(bodyOf(decided))
  })

  it('say how the process and what it needs are', async () => {
    expect(bodyOf(await request(site.app).get('/health/live').expect(200))).to.deep.equal({ status: 'live' })
    const ready = await request(site.app).get('/health/ready').expect(200)
    expect(bodyOf(ready)['dependencies']).to.include.keys('event_store', 'postgres', 'redis', 'files', 'projections')
    expect(at(ready, 'dependencies.event_store')).to.deep.equal({ state: 'up' })
    expect(at(ready, 'dependencies.redis')).to.include({ state: 'off' })
    expect(bodyOf(await request(site.app).get(`${base}/sse/health`).expect(200))).to.include.keys(
      'status',
      'redis',
      'mode',
    )
  })

  it('take the trigger data as sent', async () => {
    const { execution } = await startRun(as(site, site.ours))
    const [event] = await new Promise<ReadonlyArray<{ data: unknown }>>((resolve) => {
      void site.store
        .readStream(`execution-${execution}` as never, { limit: 1 })()
        .then((read) => resolve('right' in read ? read.right : []))
    })
    expect(at({ body: event?.data }, 'personal.trigger_data')).to.deep.equal(triggerData)
  })
})
