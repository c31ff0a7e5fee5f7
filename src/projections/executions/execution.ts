import { isCode } from '../../domain/messages'
import { adviceOn } from '../../domain/messages/advice'
import type { Recorded } from '../../domain/event-store'
import type { ExecutionEvent, ExecutionEventOf } from '../../domain/execution'
import { currentStepOf, type Execution, hasEnded, holdOf } from '../../domain/execution/state'
import { currentStep } from '../current-step'
import { metadataOf } from '../decoded'
import { phaseMetrics } from './phases'
import type { ExecutionRow, PhaseMetric, PreflightSummary, RecommendedAction, StepRow, WaitingFor } from './rows'

const traceIdOf = (traceparent: string | undefined): string | null =>
  /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null

const waitingFor = ({ holds }: Execution): ReadonlyArray<WaitingFor> =>
  holds.map((hold) => ({
    kind: hold.kind,
    since: hold.since,
    until: 'until' in hold ? hold.until : null,
    step_id: 'step_id' in hold ? hold.step_id : null,
  }))

const summaryOf = ({ data }: ExecutionEventOf<'PreflightCompleted'>): PreflightSummary => ({
  completed_at: data.at,
  duration_ms: data.duration_ms,
  blocking_count: data.blocking_count,
  warning_count: data.warning_count,
  findings: data.personal.findings,
})

/** What to do about the fault that stopped the run, or made it wait. */
const recommendedActions = (run: Execution): ReadonlyArray<RecommendedAction> => {
  if (holdOf(run, 'preflight_blocked') !== undefined) return adviceOn(run.preflight.findings)
  const fault = run.lastFault
  if (fault === undefined || !isCode(fault.code) || (run.status !== 'failed' && run.status !== 'needs_review'))
    return []
  return adviceOn([{ code: fault.code, params: fault.personal.params, node_id: currentStepOf(run)?.node_id ?? null }])
}

const timesPhases: ReadonlySet<ExecutionEvent['type']> = new Set([
  'PreflightCompleted',
  'StepStarted',
  'StepCompleted',
  'StepFailed',
  'StepSkipped',
])

const born = (recorded: Recorded, { data }: ExecutionEventOf<'ExecutionCreated'>) => {
  const metadata = metadataOf(recorded)
  return {
    id: data.execution_id,
    organization_id: data.organization_id,
    workflow_id: data.workflow_id,
    workflow_name: data.workflow_name,
    workflow_version: data.workflow_version,
    trigger_type: data.trigger_type,
    preflight_summary: null,
    signature_state: null,
    stopped_after: null,
    phase_metrics: {},
    correlation_id: metadata.$correlationId,
    trace_id: traceIdOf(metadata.traceparent),
    created_at: recorded.created,
    started_at: null,
    completed_at: null,
  }
}

const standing = (before: ExecutionRow | undefined, recorded: Recorded, event: ExecutionEvent) => {
  if (before !== undefined) return before
  if (event.type === 'ExecutionCreated') return born(recorded, event)
  throw new Error(`${recorded.stream} begins with ${event.type}`)
}

/** From the first check to the end of the last. */
const preflightAfter = (
  { phase_metrics: { preflight } }: Pick<ExecutionRow, 'phase_metrics'>,
  event: ExecutionEvent,
): PhaseMetric | undefined => {
  if (event.type !== 'PreflightCompleted') return preflight
  const { at, duration_ms } = event.data
  const began = new Date(Date.parse(at) - duration_ms).toISOString()
  const start = preflight?.start ?? began
  return { start, end: at, duration_ms: (preflight?.duration_ms ?? 0) + duration_ms }
}

/** The row of a run after an event; `run` is the state after it, `steps` its steps' rows. */
export const executionAfter = (
  before: ExecutionRow | undefined,
  run: Execution,
  steps: ReadonlyArray<StepRow>,
  recorded: Recorded,
  event: ExecutionEvent,
): ExecutionRow => {
  const row = standing(before, recorded, event)
  const fault = run.lastFault
  return {
    ...row,
    status: run.status,
    progress: run.progress,
    current_step: currentStep(run),
    error_code: fault?.code ?? null,
    error_params: fault?.personal.params ?? null,
    last_error_human: fault?.personal.text ?? null,
    last_error_tech: fault?.personal.tech ?? null,
    delivery_state: run.deliveryState ?? null,
    preflight_summary: event.type === 'PreflightCompleted' ? summaryOf(event) : row.preflight_summary,
    waiting_for: waitingFor(run),
    requested: run.requested?.control ?? null,
    mode: run.dryRun ? 'dry_run' : 'live',
    until_phase: run.untilPhase ?? null,
    stopped_after: event.type === 'ExecutionCompleted' ? event.data.stopped_after : row.stopped_after,
    retry_of: run.retryOf ?? null,
    retried_by: run.retry?.execution_id ?? null,
    recommended_actions: recommendedActions(run),
    phase_metrics: timesPhases.has(event.type) ? phaseMetrics(steps, preflightAfter(row, event)) : row.phase_metrics,
    started_at: event.type === 'ExecutionStarted' ? recorded.created : row.started_at,
    completed_at: hasEnded(run) ? (row.completed_at ?? recorded.created) : null,
    revision: recorded.revision,
  }
}
