import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { Revision } from '../../domain/event-store'
import type { ConnectionId, OrganizationId, TemplateId, WorkflowId } from '../../domain/ids'
import { revision } from '../../domain/position'
import { keysetPage, type Page, type Paging, type UnknownCursor } from '../page'
import { heldWithin, type ReadModelBehind, waiting, type Waiting } from '../reached'
import type { ConnectionRow, TemplateRow, WorkflowRow } from './rows'
import { catalogProjection } from './write'

export type { ConnectionRow, TemplateRow, WorkflowRow } from './rows'

export type Listing<Id, Row> = {
  readonly get: (organization: OrganizationId, id: Id) => Promise<Row | undefined>
  /** Newest first. */
  readonly list: (organization: OrganizationId, paging: Paging) => Promise<E.Either<UnknownCursor, Page<Row>>>
  /** Waits at most `ms` until the row is of this revision or a later one. */
  readonly waitForRevision: (id: Id, wanted: Revision, ms: number) => Promise<E.Either<ReadModelBehind, void>>
}

export type CatalogQueries = Waiting & {
  readonly workflows: Listing<WorkflowId, WorkflowRow>
  readonly templates: Listing<TemplateId, TemplateRow>
  readonly connections: Listing<ConnectionId, ConnectionRow>
}

type Stored<Row> = Omit<Row, 'revision'> & { readonly id: string; readonly revision: string }

const listing = <Id extends string, Row>(
  knex: Knex,
  table: string,
  position: Waiting['position'],
): Listing<Id, Row> => {
  const rowOf = (stored: Stored<Row>): Row => ({ ...stored, revision: revision(BigInt(stored.revision)) }) as Row
  return {
    get: async (organization_id, id) => {
      const [row] = (await knex(table).where({ organization_id, id })) as ReadonlyArray<Stored<Row>>
      return row === undefined ? undefined : rowOf(row)
    },
    list: (organization_id, paging) => {
      const whole = knex(table).where({ organization_id })
      const order = ['created_at', 'id']
      return keysetPage({ whole, filtered: whole.clone(), order, direction: 'desc', item: rowOf }, paging)
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

/** The only reader of the catalog's tables. Rejects when PostgreSQL does not answer. */
export const catalogQueries = (knex: Knex): CatalogQueries => {
  const reached = waiting(knex, catalogProjection.name)
  return {
    ...reached,
    workflows: listing(knex, 'workflows', reached.position),
    templates: listing(knex, 'templates', reached.position),
    connections: listing(knex, 'connections', reached.position),
  }
}
