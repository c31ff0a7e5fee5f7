import type { Recorded } from '../../domain/event-store'
import type { ExecutionEvent } from '../../domain/execution'
import { type Execution, isDone, type Step } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import { attemptsAfter } from './attempts'
import type { StepRow } from './rows'

type Errors = Pick<StepRow, 'error_code' | 'error_params' | 'error_human' | 'error_tech'>

const noErrors: Errors = { error_code: null, error_params: null, error_human: null, error_tech: null }

const errorsOf = ({ code, personal }: Fault): Errors => ({
  error_code: code,
  error_params: personal.params,
  error_human: personal.text,
  error_tech: personal.tech,
})

const planned = (run: Execution, step: Step, { revision, created }: Recorded): StepRow => ({
  id: step.step_id,
  execution_id: run.executionId,
  organization_id: run.organizationId,
  node_id: step.node_id,
  step_index: step.position,
  step_type: step.node_type,
  label: step.label,
  phase: step.phase,
  status: step.status,
  attempt: step.attempt,
  attempts: [],
  ...noErrors,
  data_in: null,
  data_out: null,
  started_at: null,
  completed_at: null,
  duration_ms: null,
  reused_from: null,
  ready_at: step.position === 1 ? created : null,
  queue_wait_ms: null,
  revision,
})

const waited = ({ ready_at }: StepRow, { created }: Recorded): number | null =>
  ready_at === null ? null : Math.max(0, created.getTime() - ready_at.getTime())

const ended = ({ started_at }: StepRow, { created }: Recorded) => ({
  completed_at: created,
  duration_ms: started_at === null ? null : Math.max(0, created.getTime() - started_at.getTime()),
})

/** What an event says of its step beyond what the run's state keeps. The error of a failed attempt stays until the step is done. */
const told = (row: StepRow, step: Step, recorded: Recorded, event: ExecutionEvent): Partial<StepRow> => {
  switch (event.type) {
    case 'StepStarted':
      return {
        data_in: event.data.personal.data_in,
        started_at: row.started_at ?? recorded.created,
        queue_wait_ms: row.queue_wait_ms ?? waited(row, recorded),
      }
    case 'StepAttemptFailed':
    case 'DeliveryOutcomeLost':
      return errorsOf(event.data.fault)
    case 'StepCompleted':
      return { ...noErrors, data_out: step.output, ...ended(row, recorded) }
    case 'StepFailed':
      return { ...errorsOf(event.data.fault), ...ended(row, recorded) }
    case 'StepSkipped':
      return { ...noErrors, data_out: step.output, completed_at: recorded.created, duration_ms: 0 }
    case 'StepReused':
      return { data_out: step.output, reused_from: event.data.from, completed_at: recorded.created, duration_ms: 0 }
    case 'ExecutionCreated':
    case 'ExecutionStarted':
    case 'PreflightCompleted':
    case 'PauseRequested':
    case 'ExecutionPaused':
    case 'ExecutionResumed':
    case 'CancelRequested':
    case 'ExecutionCanceled':
    case 'ExecutionRetried':
    case 'ControlRefused':
    case 'ExecutionCompleted':
    case 'ExecutionFailed':
    case 'EffectIntended':
    case 'EffectCarriedOver':
    case 'DocumentGenerated':
    case 'DocumentSaved':
    case 'DocumentSent':
    case 'DocumentExpired':
    case 'InvitationSent':
    case 'EffectAbandoned':
    case 'DeliveryOutcomeDecided':
    case 'ReviewRequested':
    case 'ReviewOpened':
    case 'ReviewDecided':
    case 'ReviewExpired':
      return {}
  }
}

const becomesReady = ({ steps }: Execution, i: number): boolean => steps.slice(0, i).every(isDone)

/** The rows of a run's steps after an event; `run` is the state after it. A row that it does not concern keeps its revision. */
export const stepsAfter = (
  before: ReadonlyArray<StepRow>,
  run: Execution,
  recorded: Recorded,
  event: ExecutionEvent,
): ReadonlyArray<StepRow> =>
  run.steps.map((step, i) => {
    const row = before[i]
    if (row === undefined) return planned(run, step, recorded)
    const concerned = 'step_id' in event.data && event.data.step_id === step.step_id
    const attempts =
      concerned || event.type === 'ExecutionCanceled' ? attemptsAfter(row.attempts, recorded, event) : row.attempts
    if (row.ready_at === null && becomesReady(run, i))
      return { ...row, ready_at: recorded.created, revision: recorded.revision }
    const isSame = row.status === step.status && row.attempt === step.attempt && row.attempts === attempts
    if (!concerned && isSame) return row
    return {
      ...row,
      status: step.status,
      attempt: step.attempt,
      attempts,
      ...(concerned ? told(row, step, recorded, event) : {}),
      revision: recorded.revision,
    }
  })
