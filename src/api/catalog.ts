import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { CatalogQueries, ConnectionRow, Listing, TemplateRow, WorkflowRow } from '../projections/catalog/queries'
import { connectionStatuses } from '../domain/connection'
import type { Reader } from '../domain/visibility'
import { connectionTypes } from '../nodes/connections/registry'
import { mayRead } from './auth/role'
import { ignoreBody } from './body/json'
import { shownConnection } from './connections/shown'
import type { On } from './on'
import { query, wordParameter, wordsParameter } from './query'
import { listParameters, pageAnswer, readPage } from './read-side'
import { shownFile } from './templates/shown'

type Deps = { readonly on: On; readonly catalog: CatalogQueries }

type Listed = Pick<WorkflowRow, 'created_at' | 'updated_at' | 'revision'>

const times = ({ created_at, updated_at, revision }: Listed) => ({
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
  revision: Number(revision),
})

const workflow = (row: WorkflowRow): object => ({
  id: row.id,
  name: row.name,
  status: row.status,
  version: row.version,
  ...times(row),
})

const template = (row: TemplateRow): object => ({ id: row.id, name: row.name, ...shownFile(row), ...times(row) })

const connection =
  (reader: Reader) =>
  (row: ConnectionRow): object => ({
    ...shownConnection(reader, {
      id: row.id,
      name: row.name,
      type: row.type,
      status: row.status,
      config: row.config,
      since: row.status_since?.toISOString() ?? null,
      fault: row.status_fault,
    }),
    ...times(row),
  })

const listQuery = query(listParameters)

const list = <Id, Row>({ on, catalog }: Deps, name: string, listing: Listing<Id, Row>, shown: (row: Row) => object) =>
  on.route({
    roles: mayRead,
    query: listQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        readPage(catalog, call.query, (paging) => listing.list(call.caller.organization, paging)),
        TE.map(pageAnswer(name, shown)),
      ),
  })

export const listWorkflows = (deps: Deps) => list(deps, 'workflows', deps.catalog.workflows, workflow)
export const listTemplates = (deps: Deps) => list(deps, 'templates', deps.catalog.templates, template)

const connectionsQuery = query({
  ...listParameters,
  status: wordsParameter(connectionStatuses),
  type: wordParameter(connectionTypes.map(({ type }) => type)),
})

/** Those that are archived only when asked for. */
export const listConnections = ({ on, catalog }: Deps) =>
  on.route({
    roles: mayRead,
    query: connectionsQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        readPage(catalog, call.query, (paging) =>
          catalog.connections.list(call.caller.organization, paging, call.query),
        ),
        TE.map(pageAnswer('connections', connection(call))),
      ),
  })
