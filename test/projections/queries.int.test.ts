import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { Recorded, StreamName } from '../../src/domain/event-store'
import type { ExecutionEvent } from '../../src/domain/execution'
import {
  ConnectionId,
  CorrelationId,
  derivedId,
  EventId,
  ExecutionId,
  OrganizationId,
  WorkflowId,
} from '../../src/domain/ids'
import { revision } from '../../src/domain/position'
import type { TemplateVersion } from '../../src/domain/template'
import { auditQueries } from '../../src/projections/audit/queries'
import { catalogQueries } from '../../src/projections/catalog/queries'
import { executionQueries } from '../../src/projections/executions/queries'
import { rowsOf } from '../../src/projections/executions/rows-of'
import type { Page, UnknownCursor } from '../../src/projections/page'
import { migrate } from '../../src/projections/migrate'
import { eventMetadata, logOf } from '../support/arbitraries'
import { type ReadSide, startReadSide } from '../support/read-side'
import * as run from '../support/runs'
import { written } from './written'

const ours = run.organizationId
const theirs = derivedId(OrganizationId, run.organizationId, 'another')
const executionOf = (n: number) => derivedId(ExecutionId, run.organizationId, 'listed', String(n))

const createdBy = (organization: OrganizationId, of: ExecutionId): ExecutionEvent => ({
  type: 'ExecutionCreated',
  data: { ...run.created.data, execution_id: of, organization_id: organization, plan: run.planOf(of) },
})

const pageOf = <Item>(page: E.Either<UnknownCursor, Page<Item>>): Page<Item> => {
  if (E.isLeft(page)) throw new Error(page.left._tag)
  return page.right
}

const walk = async <Item extends { readonly id: string }>(
  list: (cursor: string | undefined) => Promise<E.Either<UnknownCursor, Page<Item>>>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<ReadonlyArray<string>> => {
  const seen: string[] = []
  let cursor: string | undefined
  for (;;) {
    const { items, has_more, next_cursor } = pageOf(await list(cursor))
    seen.push(...items.map(({ id }) => id))
    if (!has_more) return seen
    expect(next_cursor).to.equal(items.at(-1)?.id)
    cursor = next_cursor ?? undefined
    await between()
  }
}

describe('reading the rows', function () {
  this.timeout(60_000)
  let readSide: ReadSide
  let knex: Knex
  before(async () => {
    readSide = await startReadSide(false)
  })
  after(() => readSide.stop())
  beforeEach(async () => {
    knex = (await readSide.database()).knex
  })
  afterEach(() => knex.destroy())

  const log = (...events: ReadonlyArray<ExecutionEvent>) =>
    logOf(events.map((event) => ({ of: run.executionId, event })))
  const whole = log(...run.sending, run.sendIntended, run.sent, run.stepCompleted(run.steps.email))

  it('gives back what the fold made', async () => {
    await written(knex, whole)
    const { get, steps, logs } = executionQueries(knex)
    const rows = rowsOf(whole)
    expect(await get(ours, run.executionId)).to.deep.equal(rows?.execution)
    expect(await steps(ours, run.executionId)).to.deep.equal(rows?.steps)
    expect(pageOf(await logs(ours, run.executionId, {}, { limit: 100 })).items).to.deep.equal(rows?.logs)
  })

  it('shows another organization nothing', async () => {
    await written(knex, whole)
    const { get, list, steps, logs } = executionQueries(knex)
    expect(await get(theirs, run.executionId)).to.equal(undefined)
    expect(await steps(theirs, run.executionId)).to.deep.equal([])
    expect(pageOf(await list(theirs, {}, { limit: 10 })).items).to.deep.equal([])
    expect(pageOf(await logs(theirs, run.executionId, {}, { limit: 10 })).items).to.deep.equal([])
    expect(pageOf(await auditQueries(knex).ofExecution(theirs, run.executionId, { limit: 10 })).items).to.deep.equal([])
  })

  it('pages runs of one instant newest first, without loss or repeat while others come', async () => {
    const some = Array.from({ length: 23 }, (_, n) => executionOf(n))
    const events = some.map((of, n) => ({ of, event: createdBy(n % 5 === 4 ? theirs : ours, of) }))
    await written(
      knex,
      logOf(events, () => 0),
    )
    const { list } = executionQueries(knex)
    let more = 100
    const another = () => {
      const of = executionOf(more++)
      return written(
        knex,
        logOf([{ of, event: createdBy(ours, of) }]).map((event) => ({
          ...event,
          position: { commit: BigInt(more), prepare: BigInt(more) },
        })),
      )
    }
    const seen = await walk((cursor) => list(ours, {}, { limit: 4, cursor }), another)
    const expected = events.filter((_, n) => n % 5 !== 4).map(({ of }) => of)
    expect(seen).to.deep.equal([...expected].sort().reverse())
  })

  it('filters runs by everything at once', async () => {
    const ids = [0, 1, 2].map(executionOf) as [ExecutionId, ExecutionId, ExecutionId]
    await written(
      knex,
      logOf([
        ...ids.map((of) => ({ of, event: createdBy(ours, of) })),
        { of: ids[1], event: { type: 'ExecutionStarted', data: { execution_id: ids[1] } } },
      ]),
    )
    const { list } = executionQueries(knex)
    const found = async (filters: Parameters<typeof list>[1]) =>
      pageOf(await list(ours, filters, { limit: 100 })).items.map(({ id }) => id)
    const at = (s: number) => new Date(Date.UTC(2026, 10, 22, 10, 30, s))
    expect(await found({})).to.deep.equal([...ids].reverse())
    expect(await found({ status: ['running'] })).to.deep.equal([ids[1]])
    expect(await found({ status: ['running', 'queued'] })).to.have.length(3)
    expect(await found({ workflow_id: run.workflowId, correlation_id: run.correlationId })).to.have.length(3)
    expect(await found({ workflow_id: derivedId(WorkflowId, ours, 'other') })).to.deep.equal([])
    expect(await found({ correlation_id: derivedId(CorrelationId, ours, 'other') })).to.deep.equal([])
    expect(await found({ trace_id: '0af7651916cd43dd8448eb211c80319c' })).to.have.length(3)
    expect(await found({ trace_id: 'f'.repeat(32) })).to.deep.equal([])
    expect(await found({ created_from: at(2), created_to: at(3) })).to.deep.equal([ids[1]])
    expect(await found({ created_from: at(2), status: ['queued'] })).to.deep.equal([ids[2]])
  })

  it('pages and filters the log of a run in its order', async () => {
    await written(
      knex,
      whole.map((event) => ({ ...event, created: whole[0]!.created })),
    )
    const { logs } = executionQueries(knex)
    const all = rowsOf(whole)!.logs
    expect(await walk((cursor) => logs(ours, run.executionId, {}, { limit: 2, cursor }))).to.deep.equal(
      all.map(({ id }) => id),
    )
    const { step_id } = run.steps.email
    const filtered = await walk((cursor) => logs(ours, run.executionId, { step_id, level: 'ok' }, { limit: 1, cursor }))
    expect(filtered).to.deep.equal(all.filter((line) => line.step_id === step_id).map(({ id }) => id))
    const delivery = pageOf(await logs(ours, run.executionId, { domain: 'delivery' }, { limit: 10 }))
    expect(delivery.items.map(({ message }) => message.code)).to.deep.equal(['document.sent'])
  })

  it('knows no cursor of another list, run or tenant', async () => {
    const [mine, other] = [executionOf(1), executionOf(2)]
    const entries = [
      { of: mine, event: createdBy(ours, mine) },
      { of: other, event: createdBy(theirs, other) },
    ]
    await written(knex, logOf(entries))
    const { list, logs } = executionQueries(knex)
    const { ofExecution } = auditQueries(knex)
    const line = pageOf(await logs(theirs, other, {}, { limit: 1 })).items[0]!.id
    const unknown = E.left({ _tag: 'UnknownCursor' })
    expect(await list(ours, {}, { limit: 1, cursor: other })).to.deep.equal(unknown)
    expect(await list(ours, {}, { limit: 1, cursor: line })).to.deep.equal(unknown)
    expect(await logs(ours, mine, {}, { limit: 1, cursor: line })).to.deep.equal(unknown)
    expect(await logs(ours, mine, {}, { limit: 1, cursor: mine })).to.deep.equal(unknown)
    expect(await ofExecution(ours, mine, { limit: 1, cursor: line })).to.deep.equal(unknown)
  })

  it('tells the audit trail of a run newest first, and keeps it as it was written', async () => {
    const generated = log(...run.sending.slice(0, 5), run.renderIntended, run.generated)
    await written(knex, generated)
    const { ofExecution } = auditQueries(knex)
    const { items } = pageOf(await ofExecution(ours, run.executionId, { limit: 10 }))
    expect(items.map(({ action, target_type, target_id }) => [action, target_type, target_id])).to.deep.equal([
      ['document.generated', 'document', run.documentId],
      ['execution.started', 'execution', run.executionId],
    ])
    expect(items[1]).to.deep.include({ organization_id: ours, actor_type: 'user', actor_id: 'ana' })
    expect(items[1]?.metadata).to.include({ workflow_name: 'Contract Generation', trigger_source: 'manual' })
    expect(await walk((cursor) => ofExecution(ours, run.executionId, { limit: 1, cursor }))).to.have.length(2)
    for (const tampering of ["UPDATE audit_events SET actor_id = 'bob'", 'DELETE FROM audit_events'])
      expect(await knex.raw(tampering).then(() => 'done', String)).to.include('append-only')
    await written(knex, generated)
    expect(pageOf(await ofExecution(ours, run.executionId, { limit: 10 })).items).to.deep.equal(items)
  })

  it('stores text that PostgreSQL cannot keep with replacement characters, and stops at nothing', async () => {
    const hostile: unknown = JSON.parse(
      String.raw`{"text":"a\u0000b\ud800c\\u0000","k\u0000":"\udfff","nested":[{"__proto__":1}]}`,
    )
    const events: ReadonlyArray<ExecutionEvent> = [
      ...run.sending,
      {
        type: 'StepAttemptFailed',
        data: {
          ...run.steps.email,
          attempt: 1,
          attempts_at_most: 3,
          at: run.now,
          retry_at: run.retryAt,
          fault: { code: 'x\0y', personal: { params: { a: '\0' }, text: 'nul \0', tech: 'lone \ud800' } },
        },
      },
      {
        type: 'StepCompleted',
        data: { ...run.steps.email, output: hostile as never, personal: { output: {} } },
      },
    ]
    await written(knex, log(...events))
    const { steps, logs } = executionQueries(knex)
    const [, , email] = await steps(ours, run.executionId)
    expect(email?.data_out?.['text']).to.equal('a\ufffdb\ufffdc\\u0000')
    expect(email?.data_out?.['k\ufffd']).to.equal('\ufffd')
    const line = pageOf(await logs(ours, run.executionId, { level: 'warn' }, { limit: 1 })).items[0]
    expect(line?.message_tech).to.equal('lone \ufffd')
  })

  it('waits for a revision and for a position, and says how far it is when they do not come', async () => {
    await written(knex, whole.slice(0, 2))
    const { waitForRevision, waitForPosition, position } = executionQueries(knex)
    const behind = E.left({ _tag: 'ReadModelBehind', position: whole[1]!.position })
    expect(await position()).to.deep.equal(whole[1]!.position)
    expect(await waitForRevision(run.executionId, whole[1]!.revision, 0)).to.deep.equal(E.right(undefined))
    expect(await waitForRevision(run.executionId, revision(99n), 50)).to.deep.equal(behind)
    expect(await waitForPosition(whole[4]!.position, 50)).to.deep.equal(behind)
    const waiting = [
      waitForRevision(run.executionId, whole.at(-1)!.revision, 5_000),
      waitForPosition(whole.at(-1)!.position, 5_000),
    ]
    await written(knex, whole)
    expect(await Promise.all(waiting)).to.deep.equal([E.right(undefined), E.right(undefined)])
  })

  it('leaves rows alone that are newer than what is written', async () => {
    await written(knex, whole)
    await written(knex, whole.slice(0, 3))
    expect(await executionQueries(knex).get(ours, run.executionId)).to.deep.equal(rowsOf(whole)?.execution)
  })

  it('has audited template versions and listed templates', async () => {
    const template_id = '7c1e2f7a-4a39-4f0e-9d32-6a3f8f6f0a11'
    const content = (version: number): TemplateVersion => ({
      version,
      sha256: 'ab'.repeat(32),
      size: 3,
      file_name: 'a.docx',
      tags: [],
      loops: [],
      warnings: [],
      tree: [],
    })
    const at = (n: number, type: string, data: unknown): Recorded => ({
      id: derivedId(CorrelationId, template_id, String(n)) as never,
      stream: `template-${template_id}` as never,
      type,
      revision: revision(BigInt(n)),
      position: { commit: BigInt(n + 1), prepare: BigInt(n + 1) },
      created: new Date('2026-11-22T10:30:00.000Z'),
      data,
      metadata: eventMetadata,
    })
    await written(knex, [
      at(0, 'TemplateUploaded', { template_id, organization_id: ours, name: 'Contract', content: content(1) }),
      at(1, 'TemplateVersionAdded', { template_id, content: content(2) }),
    ])
    const { templates } = catalogQueries(knex)
    const row = await templates.get(ours, template_id as never)
    expect(row).to.deep.include({ name: 'Contract', version: 2, revision: 1n })
    const { templateVersions } = catalogQueries(knex)
    const versionsOf = async (organization: OrganizationId, cursor?: string) =>
      pageOf(await templateVersions(organization, template_id as never, { limit: 1, cursor }))
    const newest = await versionsOf(ours)
    expect(newest.items.map(({ version }) => version)).to.deep.equal([2])
    expect(newest).to.include({ has_more: true, next_cursor: '2' })
    const oldest = await versionsOf(ours, '2')
    expect(oldest.items.map(({ version }) => version)).to.deep.equal([1])
    expect(oldest).to.include({ has_more: false, next_cursor: null })
    expect((await versionsOf(theirs)).items).to.deep.equal([])
    expect(await templateVersions(theirs, template_id as never, { limit: 1, cursor: '2' })).to.deep.equal(
      E.left({ _tag: 'UnknownCursor' }),
    )
    expect(pageOf(await templates.list(theirs, { limit: 1 })).items).to.deep.equal([])
    const trail = (await knex('audit_events')
      .where({ target_id: template_id })
      .orderBy('commit_position')) as ReadonlyArray<{
      readonly action: string
      readonly event_metadata: { readonly version: number }
    }>
    expect(trail.map(({ action, event_metadata }) => [action, event_metadata.version])).to.deep.equal([
      ['template.version_updated', 1],
      ['template.version_updated', 2],
    ])
  })

  it('lists a workflow as it was last drawn, and a connection without its secret', async () => {
    const [workflow_id, connection_id] = [run.workflowId, derivedId(ConnectionId, ours, 'mail')]
    const node = (label: string) => ({ ...run.steps.trigger, label, config: {} })
    const at = (stream: string, n: bigint, place: bigint, type: string, data: unknown): Recorded => ({
      ...whole[0]!,
      id: derivedId(EventId, ours, stream, String(n)),
      stream: stream as StreamName,
      type,
      revision: revision(n),
      position: { commit: place, prepare: place },
      data,
    })
    const drawn = (version: number, label: string) => ({
      workflow_id,
      organization_id: ours,
      version,
      name: 'Contracts',
      personal: { nodes: [node(label)] },
    })
    const config = { host: 'mail.example.com' }
    await written(knex, [
      at(`workflow_definition-${workflow_id}`, 0n, 1n, 'WorkflowDefined', drawn(1, 'Start')),
      at(`workflow_definition-${workflow_id}`, 1n, 2n, 'WorkflowActivated', { workflow_id }),
      at(`workflow_definition-${workflow_id}`, 2n, 3n, 'WorkflowRevised', drawn(2, 'Begin')),
      at(`connection-${connection_id}`, 0n, 4n, 'ConnectionCreated', {
        connection_id,
        organization_id: ours,
        name: 'Mail',
        connection_type: 'smtp',
        personal: { config },
      }),
    ])
    const { workflows, connections } = catalogQueries(knex)
    const workflow = pageOf(await workflows.list(ours, { limit: 10 })).items[0]
    expect(workflow).to.deep.include({ id: workflow_id, status: 'active', version: 2, revision: 2n })
    expect(workflow).to.not.have.property('nodes')
    const connection = await connections.get(ours, connection_id)
    expect(connection).to.deep.include({ name: 'Mail', type: 'smtp', status: 'active', config })
    expect(await connections.get(theirs, connection_id)).to.equal(undefined)
  })

  it('says why a statement failed without what was to be written', async () => {
    const failed = await knex
      .raw('INSERT INTO consumer_health (name, instance, state) VALUES (?, gen_random_uuid(), ?)', [
        'ana@example.com',
        null,
      ])
      .then(
        () => 'written',
        (error: unknown) => String(error),
      )
    expect(failed).to.include('null value').and.not.include('ana@example.com')
  })

  it('keeps the versions of templates when they become rows of their own', async () => {
    const directory = join(__dirname, '../../migrations')
    await knex.migrate.down({ directory, tableName: 'migrations', name: '20261126000002_template_versions.js' })
    const [id, organization_id] = [derivedId(EventId, ours, 'template'), ours]
    const listed = {
      id,
      organization_id,
      name: 'Contract',
      created_at: new Date(),
      updated_at: new Date(),
      revision: 1,
    }
    const file = (version: number) => ({ version, sha256: `${version}`, size: version, file_name: `${version}.docx` })
    const versions = JSON.stringify([1, 2].map((version) => ({ ...file(version), tags: [], loops: [] })))
    await knex('templates').insert({ ...listed, version: 2, versions })
    const [source, mail] = ['source', 'mail'].map((name) => derivedId(ConnectionId, ours, name)) as [
      ConnectionId,
      ConnectionId,
    ]
    const nodes = [
      { source_connection_id: source, object_type: 'deals' },
      { connection_id: mail, to: ['a@example.com'] },
    ]
    await knex('workflows').insert({
      ...listed,
      status: 'active',
      version: 1,
      nodes: JSON.stringify(nodes.map((config) => ({ config }))),
    })
    await knex('checkpoints').insert({ name: 'catalog', version: 1, epoch: 1 })
    await migrate(knex)
    const { templates, templateVersions, workflowsUsing, workflowsStartedBy } = catalogQueries(knex)
    expect(await workflowsUsing(ours, mail)).to.deep.equal({ workflows: [{ id, name: 'Contract' }], count: 1 })
    expect(await workflowsStartedBy(ours, source)).to.deep.equal([id])
    expect(await workflowsStartedBy(ours, mail)).to.deep.equal([])
    expect(await templates.get(ours, id as never)).to.deep.include({ ...file(2), name: 'Contract', revision: 1n })
    const page = pageOf(await templateVersions(ours, id as never, { limit: 10 }))
    expect(page.items).to.deep.equal([2, 1].map((version) => ({ template_id: id, organization_id, ...file(version) })))
    expect(await knex('checkpoints').where({ name: 'catalog' }).first<{ version: number }>('version')).to.deep.equal({
      version: 2,
    })
  })

  it('migrates once when several start together, also after one was killed with the lock in hand', async () => {
    await knex('migrations_lock').update({ is_locked: 1 })
    await Promise.all([migrate(knex), migrate(knex), migrate(knex)])
    const applied = await knex<{ readonly name: string }>('migrations').select('name')
    expect(new Set(applied.map(({ name }) => name)).size).to.equal(applied.length)
  })
})
