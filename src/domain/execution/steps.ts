import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import type { EventOf } from '../codec'
import { Fault } from '../fault'
import { StepId } from '../ids'
import { JsonObject } from '../json'
import type { StepNotPlanned, StepOutOfTurn } from './effects'
import { alreadyEnded, carriedOut, type ExecutionAlreadyEnded, type LifecycleEvent, progressOf } from './lifecycle'
import { StepOutput } from './receipts'
import { type Execution, hasEnded, held, isDone, released, type Step, stepOf, waitsForPeople, withStep } from './state'

const stepFields = { step_id: StepId, node_id: t.string, position: t.number }

export const stepEvents = {
  StepStarted: t.readonly(
    t.intersection([
      t.type({
        ...stepFields,
        attempt: t.number,
        /** Whose attempt it is: one worker's, for as long as it lives. */
        author: t.string,
        personal: t.readonly(t.type({ data_in: JsonObject })),
      }),
      /** The attempt before did not die with its worker, it was put off: a part of docg was away, or a person had to decide. */
      t.partial({ put_off: t.literal(true) }),
    ]),
  ),
  StepAttemptFailed: t.readonly(
    t.type({
      ...stepFields,
      attempt: t.number,
      attempts_at_most: t.number,
      /** RFC 3339 */
      at: t.string,
      retry_at: t.string,
      fault: Fault,
    }),
  ),
  StepCompleted: t.readonly(t.type({ ...stepFields, ...StepOutput })),
  StepFailed: t.readonly(
    t.intersection([
      t.type({ ...stepFields, fault: Fault }),
      /** Whether the same again might have succeeded: attempts ran out. */
      t.partial({ retryable: t.boolean }),
    ]),
  ),
  StepSkipped: t.readonly(t.type({ ...stepFields, reason: t.keyof({ dry_run: null, until_phase: null }) })),
}
export type StepEvent = EventOf<typeof stepEvents>
type EventNamed<Type extends StepEvent['type']> = Extract<StepEvent, { readonly type: Type }>

type OfStep = { readonly step_id: StepId }
export type StepCommand =
  | ({
      readonly type: 'StartStep'
      readonly author: string
      readonly data_in: JsonObject
      /** Who put the attempt before off. */
      readonly put_off_by?: string | undefined
    } & OfStep)
  | ({
      readonly type: 'RecordFailedAttempt'
      readonly attempts_at_most: number
      readonly now: string
      readonly retry_at: string
      readonly fault: Fault
    } & OfStep)
  | ({
      readonly type: 'CompleteStep'
      readonly output: JsonObject
      readonly personal: { readonly output: JsonObject }
    } & OfStep)
  | ({ readonly type: 'FailStep'; readonly fault: Fault; readonly retryable?: boolean | undefined } & OfStep)
  | ({ readonly type: 'SkipStep'; readonly reason: 'dry_run' | 'until_phase' } & OfStep)

export type StepRefusal = StepNotPlanned | StepOutOfTurn | ExecutionAlreadyEnded

type Decision = E.Either<StepRefusal, ReadonlyArray<StepEvent | LifecycleEvent>>
type Decide<Type extends StepCommand['type']> = (
  command: Extract<StepCommand, { readonly type: Type }>,
) => (run: Execution) => Decision

const nothing: Decision = E.right([])
const outOfTurn: Decision = E.left({ _tag: 'StepOutOfTurn' })

const fieldsOf = ({ step_id, node_id, position }: Step) => ({ step_id, node_id, position })

const ofStep = (run: Execution, id: StepId, decide: (step: Step) => Decision): Decision =>
  pipe(stepOf(run, id), E.fromNullable<StepRefusal>({ _tag: 'StepNotPlanned' }), E.chain(decide))

/** What a resume wants checked comes before a step that was about to begin with the data from before. */
const isUnchecked = ({ preflight: { due, round } }: Execution): boolean => round > 0 && due.length > 0

/** Whether a retry is all that holds the run. */
const mayBegin = (run: Execution): boolean =>
  run.life === 'running' && run.requested === undefined && !waitsForPeople(run) && !isUnchecked(run)

const isFirstLeft = (run: Execution, { position }: Step): boolean =>
  run.steps.every((other) => other.position >= position || isDone(other))

/** Another's attempt that is still at work is taken for dead: whoever begins has been told so. */
const startStep: Decide<'StartStep'> =
  ({ step_id, author, data_in, put_off_by }) =>
  (run) =>
    ofStep(run, step_id, (step) => {
      if (isDone(step)) return nothing
      if (step.status === 'running' && !step.waitsForRetry && step.author === author) return nothing
      if (hasEnded(run)) return alreadyEnded(run)
      if (!mayBegin(run) || !isFirstLeft(run, step)) return outOfTurn
      const isPutOff = step.status === 'running' && !step.waitsForRetry && step.author === put_off_by
      const data = { ...fieldsOf(step), attempt: step.attempt + 1, author, personal: { data_in } }
      return E.right([{ type: 'StepStarted', data: isPutOff ? { ...data, put_off: true } : data }])
    })

const recordFailedAttempt: Decide<'RecordFailedAttempt'> =
  ({ step_id, attempts_at_most, now, retry_at, fault }) =>
  (run) =>
    ofStep(run, step_id, (step) => {
      if (step.status !== 'running' || run.life !== 'running') return outOfTurn
      if (step.waitsForRetry) return nothing
      const data = { ...fieldsOf(step), attempt: step.attempt, attempts_at_most, at: now, retry_at, fault }
      return E.right([{ type: 'StepAttemptFailed', data }, ...carriedOut(run)])
    })

const completeStep: Decide<'CompleteStep'> =
  ({ step_id, output, personal }) =>
  (run) =>
    ofStep(run, step_id, (step) => {
      if (step.status === 'success') return nothing
      if (step.status !== 'running' || hasEnded(run) || waitsForPeople(run)) return outOfTurn
      return E.right([{ type: 'StepCompleted', data: { ...fieldsOf(step), output, personal } }, ...carriedOut(run)])
    })

export const failed = (
  run: Execution,
  step: Step,
  fault: Fault,
  retryable?: boolean,
): ReadonlyArray<StepEvent | LifecycleEvent> => [
  { type: 'StepFailed', data: { ...fieldsOf(step), fault, ...(retryable === undefined ? {} : { retryable }) } },
  run.requested?.control === 'cancel'
    ? { type: 'ExecutionCanceled', data: { at: run.requested.at, personal: { reason: run.requested.reason } } }
    : { type: 'ExecutionFailed', data: { execution_id: run.executionId, step_id: step.step_id, fault } },
]

const failStep: Decide<'FailStep'> =
  ({ step_id, fault, retryable }) =>
  (run) =>
    ofStep(run, step_id, (step) => {
      if (step.status === 'failure') return nothing
      if (hasEnded(run)) return alreadyEnded(run)
      if (step.status !== 'running' || waitsForPeople(run)) return outOfTurn
      return E.right(failed(run, step, fault, retryable))
    })

const skipStep: Decide<'SkipStep'> =
  ({ step_id, reason }) =>
  (run) =>
    ofStep(run, step_id, (step) => {
      if (isDone(step)) return nothing
      if (hasEnded(run)) return alreadyEnded(run)
      if (step.status !== 'pending' || !mayBegin(run) || !isFirstLeft(run, step)) return outOfTurn
      return E.right([{ type: 'StepSkipped', data: { ...fieldsOf(step), reason } }])
    })

export const decideSteps: { readonly [Type in StepCommand['type']]: Decide<Type> } = {
  StartStep: startStep,
  RecordFailedAttempt: recordFailedAttempt,
  CompleteStep: completeStep,
  FailStep: failStep,
  SkipStep: skipStep,
}

const isDelivery = (step: Step | undefined): boolean => step?.kind === 'delivery' && step.phase === 'delivery'

const stageAfter = ({ stage, steps }: Execution): Execution['stage'] => {
  if (stage === 'sending') return 'sent'
  return stage === 'making' && isDelivery(steps.find((step) => !isDone(step))) ? 'ready' : stage
}

const started = (run: Execution, { data }: EventNamed<'StepStarted'>): Execution => {
  const step = stepOf(run, data.step_id)
  const died = step?.status === 'running' && !step.waitsForRetry && data.put_off !== true
  return {
    ...withStep(released(run, 'retry_due'), data.step_id, ({ deaths }) => ({
      status: 'running',
      attempt: data.attempt,
      author: data.author,
      waitsForRetry: false,
      deaths: died ? deaths + 1 : deaths,
    })),
    currentStep: data.step_id,
    stage: run.stage === 'sending' || (run.stage === 'ready' && isDelivery(step)) ? run.stage : 'making',
  }
}

const completed = (run: Execution, { data }: EventNamed<'StepCompleted'>): Execution => {
  const output = { ...data.output, ...data.personal.output }
  const done = withStep(released(run, 'retry_due'), data.step_id, () => ({
    status: 'success',
    waitsForRetry: false,
    output,
  }))
  return {
    ...done,
    progress: Math.max(run.progress, progressOf(done)),
    lastFault: undefined,
    stage: stageAfter(done),
    ...(isDelivery(stepOf(run, data.step_id)) ? { deliveryState: 'sent' } : {}),
  }
}

const skipped = (run: Execution, { data }: EventNamed<'StepSkipped'>): Execution => {
  const done = withStep(run, data.step_id, () => ({ status: 'skipped', output: { reason: data.reason } }))
  return { ...done, progress: Math.max(run.progress, progressOf(done)) }
}

export const evolveSteps: {
  readonly [Type in StepEvent['type']]: (run: Execution, event: EventNamed<Type>) => Execution
} = {
  StepStarted: started,
  StepAttemptFailed: (run, { data: { step_id, at, retry_at, fault } }) => ({
    ...withStep(held(run, { kind: 'retry_due', since: at, until: retry_at, step_id }), step_id, ({ faults }) => ({
      waitsForRetry: true,
      faults: faults + 1,
    })),
    lastFault: fault,
  }),
  StepCompleted: completed,
  StepFailed: (run, { data }) => ({
    ...withStep(released(run, 'retry_due'), data.step_id, () => ({ status: 'failure', waitsForRetry: false })),
    lastFault: data.fault,
    ...(isDelivery(stepOf(run, data.step_id)) ? { deliveryState: 'failed' } : {}),
  }),
  StepSkipped: skipped,
}
