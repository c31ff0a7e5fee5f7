import type { EventId, ExecutionId, OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { Actor } from '../../domain/metadata'
import type { Table } from '../upsert'

export type AuditAction =
  | 'execution.started'
  | 'execution.resumed'
  | 'execution.paused'
  | 'execution.cancel_requested'
  | 'execution.canceled'
  | 'execution.retried'
  | 'execution.control_refused'
  | 'execution.completed'
  | 'execution.failed'
  | 'document.generated'
  | 'document.saved'
  | 'document.sent'
  | 'document.expired'
  | 'review.requested'
  | 'review.approved'
  | 'review.rejected'
  | 'review.expired'
  | 'template.version_updated'
  | 'connection.created'
  | 'connection.updated'
  | 'connection.secret_replaced'
  | 'connection.status_changed'
  | 'connection.archived'

/** In the order of the log: (commit, prepare, `number` within the event). Names no recipient and holds no secret. */
export type AuditRow = {
  readonly id: EventId
  readonly organization_id: OrganizationId
  readonly execution_id: ExecutionId | null
  readonly timestamp: Date
  readonly actor_type: Actor['type']
  readonly actor_id: string
  readonly action: AuditAction
  readonly target_type: 'execution' | 'document' | 'template' | 'connection'
  readonly target_id: string
  readonly event_metadata: JsonObject
  readonly commit_position: bigint
  readonly prepare_position: bigint
  readonly number: number
}

export const auditTable: Table<AuditRow> = {
  name: 'audit_events',
  write: 'once',
  columns: {
    id: 'uuid',
    organization_id: 'uuid',
    execution_id: 'uuid',
    timestamp: 'timestamptz',
    actor_type: 'text',
    actor_id: 'text',
    action: 'text',
    target_type: 'text',
    target_id: 'uuid',
    event_metadata: 'jsonb',
    commit_position: 'numeric',
    prepare_position: 'numeric',
    number: 'integer',
  },
}
