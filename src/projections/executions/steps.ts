import type { Recorded } from '../../domain/event-store'
import type { ExecutionEvent } from '../../domain/execution/events'
import type { Execution, Step } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import type { StepRow } from './rows'

type Errors = Pick<StepRow, 'error_code' | 'error_params' | 'error_human' | 'error_tech'>

const noErrors: Errors = { error_code: null, error_params: null, error_human: null, error_tech: null }

const errorsOf = ({ code, personal }: Fault): Errors => ({
  error_code: code,
  error_params: personal.params,
  error_human: personal.text,
  error_tech: personal.tech,
})

const planned = (run: Execution, step: Step, { revision }: Recorded): StepRow => ({
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
  ...noErrors,
  data_in: null,
  data_out: null,
  started_at: null,
  completed_at: null,
  duration_ms: null,
  revision,
})

const ended = ({ started_at }: StepRow, { created }: Recorded) => ({
  completed_at: created,
  duration_ms: started_at === null ? null : Math.max(0, created.getTime() - started_at.getTime()),
})

/** What an event says of its step beyond what the run's state keeps. The error of a failed attempt stays until the step is done. */
const told = (row: StepRow, step: Step, recorded: Recorded, event: ExecutionEvent): Partial<StepRow> => {
  switch (event.type) {
    case 'StepStarted':
      return { data_in: event.data.personal.data_in, started_at: row.started_at ?? recorded.created }
    case 'StepAttemptFailed':
      return errorsOf(event.data.fault)
    case 'StepCompleted':
      return { ...noErrors, data_out: step.output, ...ended(row, recorded) }
    case 'StepFailed':
      return { ...errorsOf(event.data.fault), ...ended(row, recorded) }
    case 'ExecutionCreated':
    case 'ExecutionStarted':
    case 'EffectIntended':
    case 'DocumentGenerated':
    case 'DocumentSaved':
    case 'DocumentSent':
    case 'EffectAbandoned':
    case 'DeliveryOutcomeLost':
    case 'DeliveryOutcomeDecided':
    case 'ExecutionCompleted':
    case 'ExecutionFailed':
      return {}
  }
}

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
    if (!concerned && row.status === step.status && row.attempt === step.attempt) return row
    return {
      ...row,
      status: step.status,
      attempt: step.attempt,
      ...(concerned ? told(row, step, recorded, event) : {}),
      revision: recorded.revision,
    }
  })
