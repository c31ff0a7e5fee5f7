import type * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { ExecutionId, OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import { keysetPage, type Page, type Paging, type UnknownCursor } from '../page'
import { waiting, type Waiting } from '../reached'
import type { AuditRow } from './rows'
import { auditName } from './write'

export type AuditEvent = Omit<
  AuditRow,
  'event_metadata' | 'commit_position' | 'prepare_position' | 'number' | 'execution_id'
> & {
  readonly metadata: JsonObject
}

export type AuditQueries = Waiting & {
  /** Newest first; none for a run of another organization. */
  readonly ofExecution: (
    organization: OrganizationId,
    id: ExecutionId,
    paging: Paging,
  ) => Promise<E.Either<UnknownCursor, Page<AuditEvent>>>
}

const eventOf = (row: AuditRow): AuditEvent => {
  const {
    event_metadata: metadata,
    commit_position: _c,
    prepare_position: _p,
    number: _n,
    execution_id: _e,
    ...rest
  } = row
  return { ...rest, metadata }
}

/** The only reader of `audit_events`. Rejects when PostgreSQL does not answer. */
export const auditQueries = (knex: Knex): AuditQueries => ({
  ...waiting(knex, auditName),
  ofExecution: (organization_id, execution_id, paging) => {
    const whole = knex('audit_events').where({ organization_id, execution_id })
    const order = ['commit_position', 'prepare_position', 'number']
    return keysetPage({ whole, filtered: whole.clone(), order, direction: 'desc', item: eventOf }, paging)
  },
})
