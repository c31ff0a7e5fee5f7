import { adviceFor, renderAction } from '../../domain/messages/actions'
import { type LogMessage, logText } from '../../domain/messages/log'
import { isCode } from '../../domain/messages'
import { type Params, textOf } from '../../domain/messages/text'
import { acceptedAt } from '../../domain/execution/next'
import { dataFor, paramsFor, type Reader, techFor, withoutMailboxes } from '../../domain/visibility'
import type { Attempt, ExecutionRow, LogRow, StepRow } from '../../projections/executions/queries'
import { shownSummary } from './preflight'

const iso = (time: Date | null): string | null => time?.toISOString() ?? null

/** In the reader's language, or as it was said at the time when this version does not know the code. */
const told = (reader: Reader, code: string | null, params: Params | null, snapshot: string | null): string | null => {
  if (code !== null && isCode(code)) return textOf(code, paramsFor(reader, params ?? {}), reader.locale)
  return snapshot === null || reader.sees.people ? snapshot : withoutMailboxes(snapshot)
}

const adviceOn = (reader: Reader, code: string | null, node_id: string | null) =>
  code === null ? [] : adviceFor([{ code, node_id }], reader)

/** The run state of the guide. */
export const shownExecution =
  (reader: Reader) =>
  (row: ExecutionRow): object => ({
    id: row.id,
    organization_id: row.organization_id,
    workflow_id: row.workflow_id,
    workflow_name: row.workflow_name,
    workflow_version: row.workflow_version,
    trigger_type: row.trigger_type,
    status: row.status,
    progress: row.progress,
    current_step: row.current_step,
    last_error_code: row.error_code,
    last_error_human: told(reader, row.error_code, row.error_params, row.last_error_human),
    last_error_tech: techFor(reader, row.last_error_tech),
    preflight_summary: shownSummary(reader, row),
    delivery_state: row.delivery_state,
    signature_state: row.signature_state,
    recommended_actions: row.recommended_actions.map(renderAction(reader)),
    phase_metrics: row.phase_metrics,
    waiting_for: row.waiting_for.map((hold) => ({
      ...hold,
      accepts: acceptedAt(hold.kind, row.status, row.requested),
    })),
    requested: row.requested,
    dry_run: row.mode === 'dry_run',
    until_phase: row.until_phase,
    stopped_after: row.stopped_after,
    retry_of: row.retry_of,
    retried_by: row.retried_by,
    correlation_id: row.correlation_id,
    trace_id: row.trace_id,
    created_at: row.created_at.toISOString(),
    started_at: iso(row.started_at),
    completed_at: iso(row.completed_at),
    revision: Number(row.revision),
  })

const shownAttempt =
  (reader: Reader) =>
  ({ params, human, tech, ...attempt }: Attempt): object => ({
    attempt: attempt.attempt,
    started_at: attempt.started_at,
    ended_at: attempt.ended_at,
    outcome: attempt.outcome,
    code: attempt.code,
    message_human: told(reader, attempt.code, params, human),
    message_tech: techFor(reader, tech),
    retryable: attempt.retryable,
  })

/** Fields that are null because of who reads, not because there is nothing. */
const withheld = ({ sees }: Reader): ReadonlyArray<string> => [
  ...(sees.data ? [] : ['data_in', 'data_out']),
  ...(sees.tech ? [] : ['error_tech']),
]

export const shownStep =
  (reader: Reader) =>
  (row: StepRow): object => ({
    id: row.id,
    execution_id: row.execution_id,
    node_id: row.node_id,
    step_index: row.step_index,
    step_type: row.step_type,
    label: row.label,
    phase: row.phase,
    status: row.status,
    attempt: row.attempt,
    error_code: row.error_code,
    error_human: told(reader, row.error_code, row.error_params, row.error_human),
    error_tech: techFor(reader, row.error_tech),
    recommended_actions: adviceOn(reader, row.error_code, row.node_id),
    attempts: row.attempts.map(shownAttempt(reader)),
    data_in: dataFor(reader, row.data_in),
    data_out: dataFor(reader, row.data_out),
    withheld: withheld(reader),
    started_at: iso(row.started_at),
    completed_at: iso(row.completed_at),
    duration_ms: row.duration_ms,
    queue_wait_ms: row.queue_wait_ms,
    reused_from: row.reused_from,
  })

const shownTo = (reader: Reader, { code, params, cause }: LogMessage): LogMessage => ({
  code,
  params: paramsFor(reader, params),
  ...(cause === undefined ? {} : { cause: { ...cause, params: paramsFor(reader, cause.params) } }),
})

export const shownLog =
  (reader: Reader) =>
  (row: LogRow): object => ({
    id: row.id,
    execution_id: row.execution_id,
    step_id: row.step_id,
    timestamp: row.timestamp.toISOString(),
    level: row.level,
    domain: row.domain,
    code: row.message.cause?.code ?? row.message.code,
    message_human: logText(shownTo(reader, row.message), reader.locale),
    message_tech: techFor(reader, row.message_tech),
    recommended_actions: adviceOn(reader, row.message.cause?.code ?? null, row.message.cause?.node_id ?? null),
    correlation_id: row.correlation_id,
  })
