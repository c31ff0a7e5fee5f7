import type { Advice } from '../../domain/messages/advice'
import type { LogMessage } from '../../domain/messages/log'
import type { Params } from '../../domain/messages/text'
import type { Revision } from '../../domain/event-store'
import type { Phase } from '../../domain/execution/plan'
import type { DeliveryState, ExecutionStatus, Hold, RecordedFinding, StepStatus } from '../../domain/execution/state'
import type {
  CorrelationId,
  DocumentId,
  ExecutionId,
  NodeId,
  OrganizationId,
  StepId,
  WorkflowId,
} from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { CurrentStep } from '../current-step'

/** Milliseconds: from when the step could begin to its first start, and from there to its end. */
export type StepMetric = {
  readonly step_id: StepId
  readonly queue_wait_ms: number | null
  readonly run_ms: number | null
  readonly attempts: number
}
/** ISO instants; `end` is null until every step of the phase has ended. */
export type PhaseMetric = {
  readonly start: string
  readonly end: string | null
  readonly duration_ms: number | null
  readonly steps?: ReadonlyArray<StepMetric>
}
/** The verdict of the checks; texts are rendered for the reader. */
export type PreflightSummary = {
  readonly completed_at: string
  readonly duration_ms: number
  readonly blocking_count: number
  readonly warning_count: number
  readonly findings: ReadonlyArray<RecordedFinding>
}
/** Why nothing new begins; ISO instants, `until` null when only a person ends it. */
export type WaitingFor = {
  readonly kind: Hold['kind']
  readonly since: string
  readonly until: string | null
  readonly step_id: StepId | null
}
/** Label and description are rendered for the reader. */
export type RecommendedAction = Advice

/** Texts are the pt-BR snapshot; the code and its parameters say the same in any language. `tech` is not for everyone. */
export type ExecutionRow = {
  readonly id: ExecutionId
  readonly organization_id: OrganizationId
  readonly workflow_id: WorkflowId
  readonly workflow_name: string
  readonly workflow_version: number
  readonly trigger_type: string
  readonly status: ExecutionStatus
  readonly progress: number
  readonly current_step: CurrentStep | null
  readonly error_code: string | null
  readonly error_params: Params | null
  readonly last_error_human: string | null
  readonly last_error_tech: string | null
  readonly preflight_summary: PreflightSummary | null
  readonly delivery_state: DeliveryState | null
  readonly signature_state: string | null
  readonly recommended_actions: ReadonlyArray<RecommendedAction>
  readonly waiting_for: ReadonlyArray<WaitingFor>
  /** Asked for while a step is at work. */
  readonly requested: 'pause' | 'cancel' | null
  readonly mode: 'live' | 'dry_run'
  readonly until_phase: Phase | null
  readonly stopped_after: Phase | null
  readonly retry_of: ExecutionId | null
  readonly retried_by: ExecutionId | null
  readonly phase_metrics: Readonly<Partial<Record<Phase, PhaseMetric>>>
  readonly correlation_id: CorrelationId
  /** Of W3C traceparent, 32 hex digits. */
  readonly trace_id: string | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly completed_at: Date | null
  readonly revision: Revision
}

/**
 * One attempt at a step; ISO instants. `interrupted`: its worker was not heard of again, or the run was canceled; `put_off`: a part of docg was away, or
 * a person had to decide; `unknown`: whether what it sent arrived. `retryable`: whether the same again may succeed, null when nobody has said so.
 */
export type Attempt = {
  readonly attempt: number
  readonly started_at: string
  readonly ended_at: string | null
  readonly outcome: 'running' | 'success' | 'failure' | 'interrupted' | 'put_off' | 'unknown'
  readonly code: string | null
  readonly params: Params | null
  /** In pt-BR, as it was said then. */
  readonly human: string | null
  readonly tech: string | null
  readonly retryable: boolean | null
}

/** `revision` is that of the last event that concerns the step. */
export type StepRow = {
  readonly id: StepId
  readonly execution_id: ExecutionId
  readonly organization_id: OrganizationId
  readonly node_id: NodeId
  readonly step_index: number
  readonly step_type: string
  readonly label: string
  readonly phase: Phase
  readonly status: StepStatus
  readonly attempt: number
  /** The last ten, in order. */
  readonly attempts: ReadonlyArray<Attempt>
  readonly error_code: string | null
  readonly error_params: Params | null
  readonly error_human: string | null
  readonly error_tech: string | null
  readonly data_in: JsonObject | null
  readonly data_out: JsonObject | null
  readonly started_at: Date | null
  readonly completed_at: Date | null
  readonly duration_ms: number | null
  /** The run that did the step, when this one did not. */
  readonly reused_from: ExecutionId | null
  /** When everything before it was done. */
  readonly ready_at: Date | null
  readonly queue_wait_ms: number | null
  readonly revision: Revision
}

export const logLevels = ['ok', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
export const logDomains = ['preflight', 'step', 'delivery', 'signature'] as const
export type LogDomain = (typeof logDomains)[number]

/** In the order of (`revision`, `number`). `message_human` is the pt-BR snapshot of `message`. */
export type LogRow = {
  readonly id: string
  readonly execution_id: ExecutionId
  readonly step_id: StepId | null
  readonly organization_id: OrganizationId
  readonly revision: Revision
  readonly number: number
  readonly timestamp: Date
  readonly level: LogLevel
  readonly domain: LogDomain
  readonly message: LogMessage
  readonly message_human: string
  readonly message_tech: string | null
  readonly correlation_id: CorrelationId
}

/** A document that the run made, `number` in the order of making, from 0. `size` in bytes; `sha256` is the key of its bytes. */
export type DocumentRow = {
  readonly id: DocumentId
  readonly execution_id: ExecutionId
  readonly organization_id: OrganizationId
  readonly step_id: StepId
  readonly file_name: string
  readonly content_type: string
  readonly size: number
  readonly sha256: string
  readonly template_id: string
  readonly template_version: number
  readonly expires_at: Date | null
  readonly expired_at: Date | null
  readonly number: number
  /** 0 as it was made, 1 once its bytes are gone. */
  readonly revision: Revision
}
