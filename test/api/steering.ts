import { randomUUID } from 'node:crypto'
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
export const trigger_data = { deal_id: '123', recipient_email: 'old@example.com', client: { name: 'Ana' }, items: [] }

type Started = {
  readonly site: Site
  readonly client: Client
  readonly template: string
  readonly workflow: string
  readonly nodes: ReadonlyArray<object>
}

/** The shared site with a workflow (start, document, e-mail), for the tests of one `describe` that steer its runs and play their worker. */
export const steering = () => {
  let started: Started | undefined
  before(async () => {
    const site = await sharedSite()
    const client = as(site, site.ours)
    const template = idOf(await uploadDocx(client, await contract()).expect(201))
    const connection_id = idOf(await client.post('/connections', smtp).expect(201))
    const config = { connection_id, to: ['{{trigger.recipient_email}}'], subject_template: 'Contract' }
    const nodes = [manual, documentNode(template), { node_type: 'email', label: 'Send', config }]
    started = { site, client, template, nodes, workflow: await defineActive(client, nodes) }
  })
  const now = (): Started => {
    if (started === undefined) throw new Error('the site runs only within tests')
    return started
  }

  const start = async (of = now().workflow): Promise<string> =>
    idOf(await now().client.post(`/workflows/${of}/executions`, { trigger_data }).expect(201))
  const workers = new Map<string, ReturnType<typeof workerOn>>()
  const workerFor = (run: string) => {
    const worker = workers.get(run) ?? workerOn(now().site, now().site.ours.id, run)
    workers.set(run, worker)
    return worker
  }
  const control = (run: string, name: string, body: object = {}, key = randomUUID()) =>
    now().client.post(`/executions/${run}/${name}`, body, key)
  /** As the rows say once they have reached what an answer told. */
  const shown = async (run: string, answer: { readonly body: unknown }) =>
    bodyOf(
      await now()
        .client.get(`/executions/${run}?at_least=${String(bodyOf(answer)['revision'])}`)
        .expect(200),
    )
  const stateOf = async (run: string): Promise<Execution> => {
    const loaded = await load(now().site.store)(execution)(executionStream(run as ExecutionId))()
    if (E.isLeft(loaded) || loaded.right.state.status === 'unborn') throw new Error('no run')
    return loaded.right.state
  }
  const lengthOf = async (run: string): Promise<number> => {
    const read = await now().site.store.readStream(executionStream(run as ExecutionId), { limit: 1_000 })()
    return E.isRight(read) ? read.right.length : 0
  }
  type Audited = { readonly action: string; readonly actor_type: string; readonly metadata: object }
  const audit = async (run: string): Promise<ReadonlyArray<Audited>> => {
    const revision = (await lengthOf(run)) - 1
    await now().client.get(`/executions/${run}?at_least=${revision}`).expect(200)
    const answer = await now().client.get(`/executions/${run}/audit?at_least=${revision}`).expect(200)
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
      templates: [{ template_id: now().template as TemplateId, version: 1 }],
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

  return {
    site: () => now().site,
    client: () => now().client,
    nodes: () => now().nodes,
    start,
    workerFor,
    control,
    shown,
    stateOf,
    lengthOf,
    audit,
    refusals,
    verdictOn,
    made,
    complete,
    failedAtTheEnd,
  }
}
