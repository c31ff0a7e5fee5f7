import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import { type ConnectionStatus, connectionStatuses } from '../../domain/connection'
import type { Revision } from '../../domain/event-store'
import type { ConnectionId, OrganizationId, TemplateId, WorkflowId } from '../../domain/ids'
import { revision } from '../../domain/position'
import { keysetPage, type Page, type Paging, type UnknownCursor } from '../page'
import { heldWithin, type ReadModelBehind, waiting, type Waiting } from '../reached'
import type { Columns, Table } from '../upsert'
import {
  type ConnectionRow,
  connectionsTable,
  type TemplateRow,
  templatesTable,
  type TemplateVersionRow,
  templateVersionsTable,
  type WorkflowRow,
  workflowsTable,
} from './rows'
import { catalogProjection } from './write'

export type { ConnectionRow, StoredFile, TemplateRow, WorkflowRow } from './rows'
export type { ReadModelBehind } from '../reached'

/** Those that are not archived unless told. */
export type ConnectionFilters = {
  readonly status?: ReadonlyArray<ConnectionStatus> | undefined
  readonly type?: string | undefined
}
/** `count` of them all. */
export type WorkflowsUsing = {
  readonly workflows: ReadonlyArray<Pick<WorkflowRow, 'id' | 'name'>>
  readonly count: number
}

export type Listing<Id, Row, Filters = never> = {
  readonly get: (organization: OrganizationId, id: Id) => Promise<Row | undefined>
  /** Newest first. */
  readonly list: (
    organization: OrganizationId,
    paging: Paging,
    filters?: Filters,
  ) => Promise<E.Either<UnknownCursor, Page<Row>>>
  /** Waits at most `ms` until the row is of this revision or a later one. */
  readonly waitForRevision: (id: Id, wanted: Revision, ms: number) => Promise<E.Either<ReadModelBehind, void>>
}

export type CatalogQueries = Waiting & {
  readonly workflows: Listing<WorkflowId, WorkflowRow>
  readonly templates: Listing<TemplateId, TemplateRow>
  readonly connections: Listing<ConnectionId, ConnectionRow, ConnectionFilters>
  /** Newest first; the cursor is a version. None of another organization's template. */
  readonly templateVersions: (
    organization: OrganizationId,
    id: TemplateId,
    paging: Paging,
  ) => Promise<E.Either<UnknownCursor, Page<TemplateVersionRow>>>
  /** Active ones with a node whose configuration names the connection; at most 20 of them. */
  readonly workflowsUsing: (organization: OrganizationId, id: ConnectionId) => Promise<WorkflowsUsing>
  /** Active ones whose first node has the connection for its source; the hundred oldest. */
  readonly workflowsStartedBy: (organization: OrganizationId, id: ConnectionId) => Promise<ReadonlyArray<WorkflowId>>
}

type Stored<Row> = Omit<Row, 'revision'> & { readonly id: string; readonly revision: string }

const columnsOf = <Row>({ columns }: { readonly columns: Columns<Row> }): string[] => Object.keys(columns)

const listing = <Id extends string, Row, Filters = never>(
  knex: Knex,
  { name: table, columns }: Pick<Table<Row>, 'name' | 'columns'>,
  position: Waiting['position'],
  filter: (rows: Knex.QueryBuilder, filters: Filters | undefined) => void = () => undefined,
): Listing<Id, Row, Filters> => {
  const rowOf = (stored: Stored<Row>): Row => ({ ...stored, revision: revision(BigInt(stored.revision)) }) as Row
  return {
    get: async (organization_id, id) => {
      const [row] = (await knex(table).select(columnsOf({ columns })).where({ organization_id, id })) as ReadonlyArray<
        Stored<Row>
      >
      return row === undefined ? undefined : rowOf(row)
    },
    list: (organization_id, paging, filters) => {
      const whole = knex(table).select(columnsOf({ columns })).where({ organization_id })
      const filtered = whole.clone()
      filter(filtered, filters)
      const order = ['created_at', 'id']
      return keysetPage({ whole, filtered, order, direction: 'desc', item: rowOf }, paging)
    },
    waitForRevision: async (id, wanted, ms) => {
      const held = await heldWithin(ms, async () => {
        const rows: ReadonlyArray<unknown> = await knex(table)
          .select('id')
          .where({ id })
          .where('revision', '>=', String(wanted))
        return rows.length > 0
      })
      return held ? E.right(undefined) : E.left({ _tag: 'ReadModelBehind', position: await position() })
    },
  }
}

type User = Pick<WorkflowRow, 'id' | 'name'> & { readonly count: string }

const mostUsers = 20
const using = `
  SELECT id, name, count(*) OVER () AS count FROM workflows
  WHERE organization_id = ? AND status = 'active'
    AND uses @> jsonb_build_array(?::text)
  ORDER BY name, id LIMIT ?`

const startedBy = `
  SELECT id FROM workflows
  WHERE organization_id = ? AND status = 'active' AND source_connection_id = ?::uuid
  ORDER BY created_at, id LIMIT 100`

/** The only reader of the catalog's tables. Rejects when PostgreSQL does not answer. */
export const catalogQueries = (knex: Knex): CatalogQueries => {
  const reached = waiting(knex, catalogProjection.name)
  return {
    ...reached,
    workflows: listing(knex, workflowsTable, reached.position),
    templates: listing(knex, templatesTable, reached.position),
    connections: listing(knex, connectionsTable, reached.position, (rows, { status, type }: ConnectionFilters = {}) => {
      void rows.whereIn('status', status ?? connectionStatuses.filter((each) => each !== 'archived'))
      if (type !== undefined) void rows.where({ type })
    }),
    templateVersions: (organization_id, template_id, paging) => {
      const whole = knex(templateVersionsTable.name)
        .select(columnsOf(templateVersionsTable))
        .where({ organization_id, template_id })
      const item = (row: TemplateVersionRow) => row
      return keysetPage(
        { whole, filtered: whole.clone(), order: ['version'], direction: 'desc', name: 'version', item },
        paging,
      )
    },
    workflowsUsing: async (organization_id, id) => {
      const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<User> }>(using, [organization_id, id, mostUsers])
      return { workflows: rows.map(({ id, name }) => ({ id, name })), count: Number(rows[0]?.count ?? 0) }
    },
    workflowsStartedBy: async (organization_id, id) => {
      const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<{ readonly id: WorkflowId }> }>(startedBy, [
        organization_id,
        id,
      ])
      return rows.map((row) => row.id)
    },
  }
}
