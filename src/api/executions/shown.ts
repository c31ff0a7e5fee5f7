import type { Locale } from '../../domain/catalogue/entry'
import { logText } from '../../domain/catalogue/log'
import { isCode } from '../../domain/catalogue'
import { type Params, textOf } from '../../domain/catalogue/text'
import type { ExecutionRow, LogRow, StepRow } from '../../projections/executions/queries'
import { acceptedAt } from '../../domain/execution/next'
import type { Reader } from '../problem/problem'
import { renderAction } from '../recommended-actions'
import { shownSummary } from './preflight'

const iso = (time: Date | null): string | null => time?.toISOString() ?? null

/** In the reader's language, or as it was said at the time when this version does not know the code. */
const told = (locale: Locale, code: string | null, params: Params | null, snapshot: string | null): string | null =>
  code !== null && isCode(code) ? textOf(code, params ?? {}, locale) : snapshot

const tech = ({ showTech }: Reader, text: string | null): string | null => (showTech ? text : null)

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
    last_error_human: told(reader.locale, row.error_code, row.error_params, row.last_error_human),
    last_error_tech: tech(reader, row.last_error_tech),
    preflight_summary: shownSummary(reader, row),
    delivery_state: row.delivery_state,
    signature_state: row.signature_state,
    recommended_actions: row.recommended_actions.map(renderAction(reader.locale)),
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
    error_human: told(reader.locale, row.error_code, row.error_params, row.error_human),
    error_tech: tech(reader, row.error_tech),
    data_in: row.data_in,
    data_out: row.data_out,
    started_at: iso(row.started_at),
    completed_at: iso(row.completed_at),
    duration_ms: row.duration_ms,
    queue_wait_ms: row.queue_wait_ms,
    reused_from: row.reused_from,
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
    message_human: logText(row.message, reader.locale),
    message_tech: tech(reader, row.message_tech),
    correlation_id: row.correlation_id,
  })
