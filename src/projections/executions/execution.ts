import { catalogue, isCode } from '../../domain/catalogue'
import type { Recorded } from '../../domain/event-store'
import type { ExecutionEvent, ExecutionEventOf } from '../../domain/execution/events'
import { currentStepOf, type Execution, hasEnded } from '../../domain/execution/state'
import { currentStep } from '../current-step'
import { metadataOf } from '../decoded'
import { phaseMetrics } from './phases'
import type { ExecutionRow, RecommendedAction, StepRow } from './rows'

const traceIdOf = (traceparent: string | undefined): string | null =>
  /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null

/** What to do about the fault that stopped the run, or made it wait. */
const recommendedActions = (run: Execution): ReadonlyArray<RecommendedAction> => {
  const code = run.lastFault?.code
  if (code === undefined || !isCode(code) || (run.status !== 'failed' && run.status !== 'needs_review')) return []
  const target_node_id = currentStepOf(run)?.node_id ?? null
  return [{ action: catalogue[code].action, target_node_id, params: { issue_code: code } }]
}

const timesPhases: ReadonlySet<ExecutionEvent['type']> = new Set(['StepStarted', 'StepCompleted', 'StepFailed'])

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
    recommended_actions: recommendedActions(run),
    phase_metrics: timesPhases.has(event.type) ? phaseMetrics(steps) : row.phase_metrics,
    started_at: event.type === 'ExecutionStarted' ? recorded.created : row.started_at,
    completed_at: hasEnded(run) ? (row.completed_at ?? recorded.created) : null,
    revision: recorded.revision,
  }
}
