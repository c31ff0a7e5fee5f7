import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import { RecordedFindings } from '../../domain/execution/preflight'
import { type ExecutionStatus, statuses } from '../../domain/execution/state'
import { DocumentId, EventId, ExecutionId, OrganizationId, StepId, WorkflowId } from '../../domain/ids'
import { JsonObject } from '../../domain/json'

const Status = t.keyof(Object.fromEntries(statuses.map((status) => [status, null])) as Record<ExecutionStatus, null>)
const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

/** A message code with its parameters, so that a reader gets it in his language; the texts are those of the fact. */
const fault = {
  code: t.string,
  params: t.readonly(t.record(t.string, t.union([t.string, t.number]))),
  error_human: t.string,
  error_tech: t.string,
}
export const LiveFault = t.readonly(t.type(fault))
export type LiveFault = t.TypeOf<typeof LiveFault>

const step = { step_id: StepId, node_id: t.string, node_type: t.string, position: t.number }

/** What each type of schema v1 says in `data`: the guide's twelve, skipped steps and reviews. */
const payloads = {
  'execution.created': t.readonly(t.type({ trigger_type: t.string, trigger_data: JsonObject })),
  'execution.status_changed': t.readonly(t.type({ from: Status, to: Status, because: orNull(LiveFault) })),
  'execution.progress': t.readonly(t.type({ progress: t.number })),
  'preflight.completed': t.readonly(
    t.type({ blocking_count: t.number, warning_count: t.number, groups: JsonObject, findings: RecordedFindings }),
  ),
  'step.started': t.readonly(t.type({ ...step, attempt: t.number })),
  'step.completed': t.readonly(
    t.type({ ...step, duration_ms: orNull(t.number), document_id: orNull(DocumentId), output_preview: JsonObject }),
  ),
  'step.skipped': t.readonly(t.type({ ...step, reason: t.string })),
  'step.failed': t.readonly(t.type({ ...step, ...fault })),
  'execution.completed': t.readonly(t.type({})),
  'execution.failed': t.readonly(t.type({ step_id: StepId, ...fault })),
  'execution.canceled': t.readonly(t.type({ canceled_by: orNull(t.string), reason: orNull(t.string) })),
  'review.requested': t.readonly(t.type({ review_id: t.string, step_id: StepId, expires_at: t.string })),
  'review.decided': t.readonly(
    t.type({
      review_id: t.string,
      step_id: StepId,
      approved: t.boolean,
      via: t.string,
      decided_by: orNull(t.string),
      comment: orNull(t.string),
    }),
  ),
  'signature.requested': t.readonly(t.type({ envelope_id: t.string, signers: t.readonlyArray(JsonObject) })),
  'signature.completed': t.readonly(t.type({ envelope_id: t.string, signed_at: t.string })),
}

export type LiveEventType = keyof typeof payloads
export const liveEventTypes = Object.keys(payloads) as ReadonlyArray<LiveEventType>

/** A message's own part: type and data. */
export type LiveFact = {
  readonly [Type in LiveEventType]: {
    readonly event_type: Type
    readonly data: t.TypeOf<(typeof payloads)[Type]>
  }
}[LiveEventType]

const Envelope = t.readonly(
  t.type({
    schema_version: t.literal(1),
    event_id: EventId,
    /** When the log took the event, RFC 3339 UTC with milliseconds. */
    timestamp: t.string,
    execution_id: ExecutionId,
    workflow_id: WorkflowId,
    organization_id: OrganizationId,
    correlation_id: orNull(t.string),
    status: Status,
    progress: t.number,
    /** `index` is the step's position, from 1. */
    current_step: orNull(
      t.readonly(t.type({ index: t.number, label: t.string, node_id: t.string, node_type: t.string })),
    ),
  }),
)
export type Envelope = t.TypeOf<typeof Envelope>

/** Schema v1 as it is kept: complete and in no reader's language. What a reader gets is `shownMessage` of it. */
export type LiveMessage = Envelope & LiveFact

const EventType = t.type({ event_type: t.keyof(payloads), data: t.unknown })

export const decodeMessage = (stored: unknown): E.Either<t.Errors, LiveMessage> =>
  pipe(
    E.Do,
    E.bind('envelope', () => Envelope.decode(stored)),
    E.bind('own', () => EventType.decode(stored)),
    E.bind('data', ({ own }): E.Either<t.Errors, unknown> => payloads[own.event_type].decode(own.data)),
    E.map(({ envelope, own, data }) => ({ ...envelope, event_type: own.event_type, data }) as LiveMessage),
  )
