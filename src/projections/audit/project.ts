import { connection, connectionCategory, type ConnectionEvent } from '../../domain/connection'
import type { Recorded } from '../../domain/event-store'
import { execution, type ExecutionEvent, executionOfStream } from '../../domain/execution'
import { derivedId, EventId, type ExecutionId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import { template, type TemplateEvent } from '../../domain/template'
import { decoded, metadataOf } from '../decoded'
import type { AuditAction, AuditRow } from './rows'

type Entry = {
  readonly action: AuditAction
  readonly target_type: AuditRow['target_type']
  readonly target_id: string
  readonly metadata: JsonObject
}

const ofRun = (action: AuditAction, target_id: string, metadata: JsonObject): ReadonlyArray<Entry> => [
  { action, target_type: 'execution', target_id, metadata },
]
const ofDocument = (action: AuditAction, target_id: string, metadata: JsonObject): Entry => ({
  action,
  target_type: 'document',
  target_id,
  metadata,
})

/** What a person gave as the reason, when one was given. */
const given = ({ reason }: { readonly reason: string | null }) => (reason === null ? {} : { reason })

const entriesOfRun = (id: ExecutionId, event: ExecutionEvent): ReadonlyArray<Entry> => {
  switch (event.type) {
    case 'ExecutionCreated': {
      const { workflow_id, workflow_name, workflow_version, trigger_type } = event.data
      return ofRun('execution.started', id, {
        workflow_id,
        workflow_name,
        workflow_version,
        trigger_source: trigger_type,
      })
    }
    case 'ExecutionResumed': {
      const { approved, decision, recheck, personal } = event.data
      const fields = Object.keys(personal.changes)
      return ofRun('execution.resumed', id, { approved, decision, changed_fields: fields, recheck, ...given(personal) })
    }
    case 'DeliveryOutcomeDecided':
      return event.data.decision === 'receipt_found'
        ? ofRun('execution.resumed', id, { decision: event.data.decision, step_id: event.data.step_id })
        : []
    case 'PauseRequested':
    case 'ExecutionPaused':
      return ofRun('execution.paused', id, { at_once: event.type === 'ExecutionPaused', ...given(event.data.personal) })
    case 'CancelRequested':
      return ofRun('execution.cancel_requested', id, given(event.data.personal))
    case 'ExecutionCanceled':
      return ofRun('execution.canceled', id, given(event.data.personal))
    case 'ExecutionRetried': {
      const { execution_id, from_step, repeat_effects } = event.data
      return ofRun('execution.retried', id, { retried_by: execution_id, from_step, repeat_effects })
    }
    case 'ControlRefused':
      return ofRun('execution.control_refused', id, {
        control: event.data.control,
        outcome: 'refused',
        code: event.data.code,
        status: event.data.status,
      })
    case 'ReviewRequested':
      return ofRun('review.requested', id, {
        review_id: event.data.review_id,
        step_id: event.data.step_id,
        approvers: event.data.personal.approvers.length,
        expires_at: event.data.expires_at,
      })
    case 'ReviewDecided': {
      const { review_id, step_id, approved, via, approver_id, personal } = event.data
      const { decided_by } = personal
      const metadata = { review_id, step_id, via, approver_id, decided_by }
      return ofRun(approved ? 'review.approved' : 'review.rejected', id, metadata)
    }
    case 'ReviewExpired':
      return ofRun('review.expired', id, { review_id: event.data.review_id, step_id: event.data.step_id })
    case 'DocumentExpired':
      return [ofDocument('document.expired', event.data.document_id, {})]
    case 'ExecutionCompleted':
      return ofRun('execution.completed', id, {})
    case 'ExecutionFailed':
      return ofRun('execution.failed', id, { error_code: event.data.fault.code, step_id: event.data.step_id })
    case 'DocumentGenerated': {
      const { document_id, step_id, sha256, size, content_type, template_id, template_version } = event.data
      const metadata = { step_id, sha256, size, content_type, template_id, template_version }
      return [ofDocument('document.generated', document_id, metadata)]
    }
    case 'DocumentSaved': {
      const { document_id, step_id, sha256 } = event.data
      return [ofDocument('document.saved', document_id, { step_id, sha256 })]
    }
    case 'DocumentSent': {
      const { document_ids, step_id, message_id, personal } = event.data
      const counts = { recipients: personal.recipients.length, rejected: personal.rejected.length }
      const metadata = { step_id, message_id, ...counts }
      return document_ids.length === 0
        ? ofRun('document.sent', id, metadata)
        : document_ids.map((document) => ofDocument('document.sent', document, metadata))
    }
    case 'ExecutionStarted':
    case 'StepStarted':
    case 'StepAttemptFailed':
    case 'StepCompleted':
    case 'StepFailed':
    case 'EffectIntended':
    case 'EffectAbandoned':
    case 'DeliveryOutcomeLost':
    case 'PreflightCompleted':
    case 'StepSkipped':
    case 'StepReused':
    case 'EffectCarriedOver':
    case 'InvitationSent':
    case 'ReviewOpened':
      return []
  }
}

const entriesOfTemplate = ({ type, data }: TemplateEvent): ReadonlyArray<Entry> => {
  const { version, sha256, size, file_name, cleaned } = data.content
  const metadata = {
    ...{ version, sha256, size, file_name },
    ...(cleaned === undefined ? {} : { original_sha256: cleaned.original_sha256, removed: cleaned.removed }),
    ...(type === 'TemplateUploaded' ? { name: data.name } : {}),
  }
  return [{ action: 'template.version_updated', target_type: 'template', target_id: data.template_id, metadata }]
}

const connectionActions = {
  ConnectionCreated: 'connection.created',
  ConnectionUpdated: 'connection.updated',
  ConnectionSecretReplaced: 'connection.secret_replaced',
  ConnectionStatusChanged: 'connection.status_changed',
  ConnectionArchived: 'connection.archived',
} as const satisfies Readonly<Record<ConnectionEvent['type'], AuditAction>>

const entriesOfConnection = ({ type, data }: ConnectionEvent): ReadonlyArray<Entry> => {
  const { name, connection_type } = data
  const trouble = type === 'ConnectionStatusChanged' ? data.trouble : undefined
  const metadata = {
    name,
    type: connection_type,
    ...(trouble === undefined ? {} : { status: trouble?.status ?? 'active', error_code: trouble?.fault.code ?? null }),
  }
  return [{ action: connectionActions[type], target_type: 'connection', target_id: data.connection_id, metadata }]
}

const entriesOf = (recorded: Recorded, execution_id: ExecutionId | null): ReadonlyArray<Entry> => {
  if (execution_id !== null) return entriesOfRun(execution_id, decodeRun(recorded))
  return recorded.stream.startsWith(`${connectionCategory}-`)
    ? entriesOfConnection(decodeConnection(recorded))
    : entriesOfTemplate(decodeTemplate(recorded))
}

const decodeRun = decoded(execution.codec)
const decodeTemplate = decoded(template.codec)
const decodeConnection = decoded(connection.codec)
const longestActor = 255

/** Pure: what the audit trail says of an event. Throws when it cannot be read. */
export const auditOf = (recorded: Recorded): ReadonlyArray<AuditRow> => {
  const execution_id = executionOfStream(recorded.stream) ?? null
  const { actor, organization_id } = metadataOf(recorded)
  return entriesOf(recorded, execution_id).map(({ action, target_type, target_id, metadata }, number) => ({
    id: derivedId(EventId, recorded.id, 'audit', String(number)),
    organization_id,
    execution_id,
    timestamp: recorded.created,
    actor_type: actor.type,
    actor_id: actor.id.slice(0, longestActor),
    action,
    target_type,
    target_id,
    event_metadata: metadata,
    commit_position: recorded.position.commit,
    prepare_position: recorded.position.prepare,
    number,
  }))
}
