import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { ExecutionStatus } from '../../domain/execution/state'
import type { CorrelationId, DocumentId, ExecutionId, OrganizationId, StepId, WorkflowId } from '../../domain/ids'
import type { Revision } from '../../domain/event-store'
import { revision } from '../../domain/position'
import { keysetPage, type Page, type Paging, type UnknownCursor } from '../page'
import { heldWithin, type ReadModelBehind, waiting, type Waiting } from '../reached'
import type { DocumentRow, ExecutionRow, LogDomain, LogLevel, LogRow, StepRow } from './rows'
import { executionsProjection } from './write'

export type { Attempt, DocumentRow, ExecutionRow, LogRow, StepRow } from './rows'
export { type LogDomain, logDomains, type LogLevel, logLevels } from './rows'
export type { Page, Paging, UnknownCursor } from '../page'
export type { ReadModelBehind } from '../reached'

export type ExecutionFilters = {
  readonly status?: ReadonlyArray<ExecutionStatus> | undefined
  readonly workflow_id?: WorkflowId | undefined
  readonly correlation_id?: CorrelationId | undefined
  readonly trace_id?: string | undefined
  /** Inclusive. */
  readonly created_from?: Date | undefined
  /** Exclusive. */
  readonly created_to?: Date | undefined
}
export type LogFilters = {
  readonly level?: LogLevel | undefined
  readonly domain?: LogDomain | undefined
  readonly step_id?: StepId | undefined
}

export type ExecutionQueries = Waiting & {
  readonly get: (organization: OrganizationId, id: ExecutionId) => Promise<ExecutionRow | undefined>
  /** Newest first. */
  readonly list: (
    organization: OrganizationId,
    filters: ExecutionFilters,
    paging: Paging,
  ) => Promise<E.Either<UnknownCursor, Page<ExecutionRow>>>
  /** In the order of the plan; none for a run of another organization. */
  readonly steps: (organization: OrganizationId, id: ExecutionId) => Promise<ReadonlyArray<StepRow>>
  /** In the order of the log. */
  readonly logs: (
    organization: OrganizationId,
    id: ExecutionId,
    filters: LogFilters,
    paging: Paging,
  ) => Promise<E.Either<UnknownCursor, Page<LogRow>>>
  /** In the order of their making; none for a run of another organization. */
  readonly documents: (organization: OrganizationId, id: ExecutionId) => Promise<ReadonlyArray<DocumentRow>>
  readonly document: (organization: OrganizationId, id: DocumentId) => Promise<DocumentRow | undefined>
  /** Waits at most `ms` until the row of the run is of this revision or a later one. */
  readonly waitForRevision: (id: ExecutionId, wanted: Revision, ms: number) => Promise<E.Either<ReadModelBehind, void>>
}

/** As pg gives it: int8 as text. */
type Stored<Row> = Omit<Row, 'revision' | 'duration_ms' | 'queue_wait_ms'> & {
  readonly revision: string
  readonly duration_ms?: string | null
  readonly queue_wait_ms?: string | null
}

const rowOf = <Row>(stored: Stored<Row>): Row => ({ ...stored, revision: revision(BigInt(stored.revision)) }) as Row

const numberOf = (int8: string | null | undefined): number | null => (typeof int8 === 'string' ? Number(int8) : null)

const stepOf = (stored: Stored<StepRow>): StepRow => ({
  ...rowOf<StepRow>(stored),
  duration_ms: numberOf(stored.duration_ms),
  queue_wait_ms: numberOf(stored.queue_wait_ms),
})

type StoredDocument = Omit<DocumentRow, 'size'> & { readonly size: string }

const documentOf = (stored: StoredDocument): DocumentRow => ({ ...stored, size: Number(stored.size) })

/** The only reader of the executions' tables. Rejects when PostgreSQL does not answer. */
export const executionQueries = (knex: Knex): ExecutionQueries => {
  const reached = waiting(knex, executionsProjection.name)
  return {
    ...reached,

    get: async (organization_id, id) => {
      const [row] = (await knex('workflow_executions').where({ organization_id, id })) as ReadonlyArray<
        Stored<ExecutionRow>
      >
      return row === undefined ? undefined : rowOf(row)
    },

    list: (organization_id, filters, paging) => {
      const whole = knex('workflow_executions').where({ organization_id })
      const filtered = whole.clone()
      const { status, workflow_id, correlation_id, trace_id, created_from, created_to } = filters
      if (status !== undefined && status.length > 0) void filtered.whereIn('status', status)
      if (workflow_id !== undefined) void filtered.where({ workflow_id })
      if (correlation_id !== undefined) void filtered.where({ correlation_id })
      if (trace_id !== undefined) void filtered.where({ trace_id })
      if (created_from !== undefined) void filtered.where('created_at', '>=', created_from)
      if (created_to !== undefined) void filtered.where('created_at', '<', created_to)
      const order = ['created_at', 'id']
      return keysetPage({ whole, filtered, order, direction: 'desc', item: rowOf<ExecutionRow> }, paging)
    },

    steps: async (organization_id, execution_id) => {
      const rows = (await knex('execution_steps')
        .where({ organization_id, execution_id })
        .orderBy('step_index')) as ReadonlyArray<Stored<StepRow>>
      return rows.map(stepOf)
    },

    logs: (organization_id, execution_id, filters, paging) => {
      const whole = knex('execution_logs').where({ organization_id, execution_id })
      const filtered = whole
        .clone()
        .where(Object.fromEntries(Object.entries(filters).filter(([, v]) => v !== undefined)))
      const order = ['revision', 'number']
      return keysetPage({ whole, filtered, order, direction: 'asc', item: rowOf<LogRow> }, paging)
    },

    documents: async (organization_id, execution_id) => {
      const rows = (await knex('execution_documents')
        .where({ organization_id, execution_id })
        .orderBy('number')) as ReadonlyArray<StoredDocument>
      return rows.map(documentOf)
    },

    document: async (organization_id, id) => {
      const [row] = (await knex('execution_documents').where({ organization_id, id })) as ReadonlyArray<StoredDocument>
      return row === undefined ? undefined : documentOf(row)
    },

    waitForRevision: async (id, wanted, ms) => {
      const held = await heldWithin(ms, async () => {
        const rows: ReadonlyArray<unknown> = await knex('workflow_executions')
          .select('id')
          .where({ id })
          .where('revision', '>=', String(wanted))
        return rows.length > 0
      })
      return held ? E.right(undefined) : E.left({ _tag: 'ReadModelBehind', position: await reached.position() })
    },
  }
}
