import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type {
  AbandonEffect,
  CompleteStep,
  CreateExecution,
  DecideOutcome,
  ExecutionCommand,
  FailStep,
  IntendEffect,
  RecordFailedAttempt,
  RecordReceipt,
  ReportLostOutcome,
  StartStep,
} from './commands'
import type { ExecutionRefusal } from './errors'
import type { ExecutionEvent, ExecutionEventOf } from './events'
import { type Effect, type Execution, type ExecutionState, hasEnded, type Step, stepOf } from './state'
import type { StepId } from '../ids'

type Decision = E.Either<ExecutionRefusal, ReadonlyArray<ExecutionEvent>>

const nothing: Decision = E.right([])
const ended = ({ status }: Execution): Decision => E.left({ _tag: 'ExecutionAlreadyEnded', status })

const create = ({ type: _, ...data }: CreateExecution): Decision => E.right([{ type: 'ExecutionCreated', data }])

const start = (run: Execution): Decision =>
  run.status === 'queued' ? E.right([{ type: 'ExecutionStarted', data: { execution_id: run.executionId } }]) : nothing

const fieldsOf = ({ step_id, node_id, position }: Step) => ({ step_id, node_id, position })

const withStep = (run: Execution, id: StepId, decide: (step: Step) => Decision): Decision =>
  pipe(stepOf(run, id), E.fromNullable<ExecutionRefusal>({ _tag: 'StepNotPlanned' }), E.chain(decide))

const outOfTurn: Decision = E.left({ _tag: 'StepOutOfTurn' })

const startStep =
  ({ step_id, data_in }: StartStep) =>
  (run: Execution): Decision =>
    withStep(run, step_id, (step) => {
      if (step.status === 'success' || (step.status === 'running' && !step.waitsForRetry)) return nothing
      if (hasEnded(run)) return ended(run)
      if (run.status === 'queued' || run.status === 'needs_review') return outOfTurn
      if (run.steps.some(({ position, status }) => position < step.position && status !== 'success')) return outOfTurn
      return E.right([
        { type: 'StepStarted', data: { ...fieldsOf(step), attempt: step.attempt + 1, personal: { data_in } } },
      ])
    })

const recordFailedAttempt =
  ({ step_id, attempts_at_most, retry_in_ms, fault }: RecordFailedAttempt) =>
  (run: Execution): Decision =>
    withStep(run, step_id, (step) => {
      if (step.status !== 'running') return outOfTurn
      if (step.waitsForRetry) return nothing
      const data = { ...fieldsOf(step), attempt: step.attempt, attempts_at_most, retry_in_ms, fault }
      return E.right([{ type: 'StepAttemptFailed', data }])
    })

const completeStep =
  ({ step_id, output, personal }: CompleteStep) =>
  (run: Execution): Decision =>
    withStep(run, step_id, (step) => {
      if (step.status === 'success') return nothing
      if (step.status !== 'running' || run.status === 'needs_review') return outOfTurn
      return E.right([{ type: 'StepCompleted', data: { ...fieldsOf(step), output, personal } }])
    })

const failStep =
  ({ step_id, fault }: FailStep) =>
  (run: Execution): Decision =>
    withStep(run, step_id, (step) => {
      if (step.status === 'failure') return nothing
      if (hasEnded(run)) return ended(run)
      if (step.status !== 'running' || run.status === 'needs_review') return outOfTurn
      return E.right([
        { type: 'StepFailed', data: { ...fieldsOf(step), fault } },
        { type: 'ExecutionFailed', data: { execution_id: run.executionId, step_id, fault } },
      ])
    })

const intendEffect =
  ({ type: _, ...intention }: IntendEffect) =>
  (run: Execution): Decision => {
    const effect = run.effects[intention.effect_key]
    if (effect?.status === 'done') return nothing
    if (effect?.status === 'lost') return E.left({ _tag: 'EffectOutcomeLost' })
    if (effect?.status === 'intended') return effect.repeatable ? nothing : E.left({ _tag: 'EffectOutcomeLost' })
    return withStep(run, intention.step_id, (step) =>
      step.status === 'running' ? E.right([{ type: 'EffectIntended', data: intention }]) : outOfTurn,
    )
  }

const settled = (
  { effect_key, step_id }: Effect,
  decision: ExecutionEventOf<'DeliveryOutcomeDecided'>['data']['decision'],
): ExecutionEvent => ({ type: 'DeliveryOutcomeDecided', data: { effect_key, step_id, decision } })

/** A receipt that comes late is a fact all the same: it settles an effect that was given up or lost. */
const recordReceipt =
  ({ receipt }: RecordReceipt) =>
  (run: Execution): Decision => {
    const effect = run.effects[receipt.data.effect_key]
    if (effect === undefined) return E.left({ _tag: 'EffectNotIntended' })
    if (effect.status === 'done') return nothing
    return E.right(effect.status === 'lost' ? [receipt, settled(effect, 'receipt_found')] : [receipt])
  }

const abandonEffect =
  ({ type: _, ...data }: AbandonEffect) =>
  (run: Execution): Decision =>
    run.effects[data.effect_key]?.status === 'intended' ? E.right([{ type: 'EffectAbandoned', data }]) : nothing

/** Only a step at work can wait for a person; of one that ended, the outcome changes nothing any more. */
const reportLostOutcome =
  ({ effect_key, fault }: ReportLostOutcome) =>
  (run: Execution): Decision => {
    const effect = run.effects[effect_key]
    if (effect === undefined) return E.left({ _tag: 'EffectNotIntended' })
    if (effect.status !== 'intended' || effect.repeatable) return nothing
    return stepOf(run, effect.step_id)?.status === 'running'
      ? E.right([{ type: 'DeliveryOutcomeLost', data: { effect_key, step_id: effect.step_id, fault } }])
      : nothing
  }

const decideOutcome =
  ({ decision }: DecideOutcome) =>
  (run: Execution): Decision => {
    const effect = run.lostEffect === undefined ? undefined : run.effects[run.lostEffect]
    if (effect === undefined) return E.left({ _tag: 'NothingToDecide', status: run.status })
    return E.right([settled(effect, decision)])
  }

const complete = (run: Execution): Decision => {
  if (run.status === 'completed') return nothing
  if (hasEnded(run)) return ended(run)
  return run.steps.every(({ status }) => status === 'success')
    ? E.right([{ type: 'ExecutionCompleted', data: { execution_id: run.executionId } }])
    : E.left({ _tag: 'StepsRemain' })
}

const decideOn = (command: Exclude<ExecutionCommand, CreateExecution>): ((run: Execution) => Decision) => {
  switch (command.type) {
    case 'StartExecution':
      return start
    case 'StartStep':
      return startStep(command)
    case 'RecordFailedAttempt':
      return recordFailedAttempt(command)
    case 'CompleteStep':
      return completeStep(command)
    case 'FailStep':
      return failStep(command)
    case 'IntendEffect':
      return intendEffect(command)
    case 'RecordReceipt':
      return recordReceipt(command)
    case 'AbandonEffect':
      return abandonEffect(command)
    case 'ReportLostOutcome':
      return reportLostOutcome(command)
    case 'DecideOutcome':
      return decideOutcome(command)
    case 'CompleteExecution':
      return complete
  }
}

export const decide =
  (command: ExecutionCommand) =>
  (state: ExecutionState): Decision => {
    if (command.type === 'CreateExecution')
      return state.status === 'unborn' ? create(command) : E.left({ _tag: 'ExecutionAlreadyExists' })
    return state.status === 'unborn' ? E.left({ _tag: 'ExecutionNotFound' }) : decideOn(command)(state)
  }
