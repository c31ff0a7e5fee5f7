import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { HandlerError } from '../../domain/command-handler'
import { execution, executionStream } from '../../domain/execution'
import type { ExecutionRefusal } from '../../domain/execution/errors'
import { type Execution, hasEnded, type Step, stepOf } from '../../domain/execution/state'
import { type Fault, fault } from '../../domain/fault'
import type { ExecutionId, StepId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import { load, type Loaded } from '../../domain/load'
import type { NodeType } from '../../nodes/node-type'
import type { References, StepFault, StepResult, StepServices, StepStop, Unavailable } from '../../nodes/step-run'
import { once, unavailable } from './once'
import { catalogueOf } from './services'
import { stepNode } from './step-node'
import { type Log, type Tell, tell } from './tell'
import { within } from './within'

export type StepOutcome = 'completed' | 'failed' | 'needs_review'
/** The attempt failed and another is due in `inMs`. */
export type RetryLater = { readonly _tag: 'RetryLater'; readonly inMs: number; readonly code: string }

/** How a node's type is run, its configuration as stored. */
export type RunnableType = Pick<NodeType<JsonObject>, 'attempts' | 'timeoutMs' | 'input' | 'execute'>

export type RunStepDeps = {
  readonly log: Log
  readonly nodeType: (name: string) => RunnableType | undefined
  readonly services: Omit<StepServices, 'template' | 'connection'>
  /** A new author for each attempt at a step. */
  readonly newAuthor: () => string
}

type Failure = ExecutionRefusal | HandlerError | Unavailable | RetryLater

const referencesOf = (run: Execution): References => ({
  trigger: run.triggerData,
  step: Object.fromEntries(run.steps.map(({ position, output }) => [String(position), output])),
})

const internal = (step: Step, tech: string): StepFault => ({
  _tag: 'StepFault',
  retryable: false,
  fault: fault('internal_error', { label: step.label }, tech),
})

const firstPause = 1_000
const longestPause = 60_000
const pauseAfter = (attempt: number): number => Math.min(longestPause, firstPause * 2 ** (attempt - 1))

const loadRun =
  (log: Log) =>
  (id: ExecutionId): TE.TaskEither<Failure, Loaded<Execution>> =>
    pipe(
      load(log)(execution)(executionStream(id)),
      TE.chainW(({ state, history }) =>
        state.status === 'unborn' ? TE.left<Failure>({ _tag: 'ExecutionNotFound' }) : TE.of({ state, history }),
      ),
    )

const settled = (run: Execution, step: Step): StepOutcome | undefined => {
  if (step.status === 'success') return 'completed'
  if (step.status === 'failure' || hasEnded(run)) return 'failed'
  return run.status === 'needs_review' ? 'needs_review' : undefined
}

const afterFault = (
  say: Tell,
  step: Step,
  type: RunnableType,
  stop: StepFault,
): TE.TaskEither<Failure, StepOutcome> => {
  const end = (reason: Fault): TE.TaskEither<Failure, StepOutcome> =>
    pipe(
      say({ type: 'FailStep', step_id: step.step_id, fault: reason }, { key: [step.step_id] }),
      TE.map((): StepOutcome => 'failed'),
    )
  if (!stop.retryable || step.attempt >= type.attempts) return end(stop.fault)
  const inMs = pauseAfter(step.attempt)
  return pipe(
    say(
      {
        type: 'RecordFailedAttempt',
        step_id: step.step_id,
        attempts_at_most: type.attempts,
        retry_in_ms: inMs,
        fault: stop.fault,
      },
      { key: [step.step_id, step.attempt] },
    ),
    TE.chain(() => TE.left<Failure>({ _tag: 'RetryLater', inMs, code: stop.fault.code })),
  )
}

const afterStop = (say: Tell, step: Step, type: RunnableType, stop: StepStop): TE.TaskEither<Failure, StepOutcome> => {
  switch (stop._tag) {
    case 'Unavailable':
      return TE.left(stop)
    case 'OutcomeLost':
      return TE.of('needs_review')
    case 'StepFault':
      return afterFault(say, step, type, stop)
  }
}

const execute = (
  deps: RunStepDeps,
  type: RunnableType,
  config: JsonObject,
  run: Loaded<Execution>,
  step: Step,
): TE.TaskEither<StepStop, StepResult> =>
  within(
    type.timeoutMs,
    step,
  )(
    type.execute(config, {
      ...deps.services,
      ...catalogueOf(deps.log, run.state.organizationId),
      executionId: run.state.executionId,
      organizationId: run.state.organizationId,
      step,
      references: referencesOf(run.state),
      documents: run.state.documents,
      effect: (key) => run.state.effects[key],
      effectKey: (target) => `${step.step_id}/${target}`,
      once: once(tell(deps.log)(run), run.state, step, deps.newAuthor()),
    }),
  )

const begin = (deps: RunStepDeps, run: Loaded<Execution>, step: Step, data_in: JsonObject) =>
  pipe(
    tell(deps.log)(run)(
      { type: 'StartStep', step_id: step.step_id, data_in },
      { key: [step.step_id, step.waitsForRetry || step.status === 'pending' ? step.attempt + 1 : step.attempt] },
    ),
    TE.chainW(() => loadRun(deps.log)(run.state.executionId)),
  )

const attempt = (
  deps: RunStepDeps,
  type: RunnableType,
  config: JsonObject,
  before: Loaded<Execution>,
  planned: Step,
): TE.TaskEither<Failure, StepOutcome> => {
  const input = type.input(config, {
    references: referencesOf(before.state),
    documents: before.state.documents,
    step: planned,
  })
  return pipe(
    begin(deps, before, planned, E.isRight(input) ? input.right : {}),
    TE.chain((run): TE.TaskEither<Failure, StepOutcome> => {
      const step = stepOf(run.state, planned.step_id) ?? planned
      const already = settled(run.state, step)
      if (already !== undefined) return TE.of(already)
      const say = tell(deps.log)(run)
      return pipe(
        TE.fromEither(input),
        TE.chainW(() => execute(deps, type, config, run, step)),
        TE.matchEW(
          (stop) => afterStop(say, step, type, stop),
          ({ output, personal }) =>
            pipe(
              say(
                { type: 'CompleteStep', step_id: step.step_id, output, personal: { output: personal } },
                { key: [step.step_id] },
              ),
              TE.map((): StepOutcome => 'completed'),
            ),
        ),
      )
    }),
  )
}

const unknownType = (name: string): RunnableType => ({
  attempts: 1,
  timeoutMs: 1_000,
  input: (_, { step }) => E.left(internal(step, `no node type ${name} in this version`)),
  execute: (_, { step }) => TE.left(internal(step, `no node type ${name} in this version`)),
})

/** One attempt at a step: command, effect, command. What was done before, by this worker or another, is not done again. */
export const runStep =
  (deps: RunStepDeps) =>
  (id: ExecutionId, stepId: StepId): TE.TaskEither<Failure, StepOutcome> =>
    pipe(
      loadRun(deps.log)(id),
      TE.chain((run): TE.TaskEither<Failure, StepOutcome> => {
        const step = stepOf(run.state, stepId)
        if (step === undefined) return TE.left({ _tag: 'StepNotPlanned' })
        const already = settled(run.state, step)
        if (already !== undefined) return TE.of(already)
        return pipe(
          stepNode(deps.log)(run.state, step),
          TE.mapLeft((error): Failure => unavailable(error)),
          TE.chain(({ node_type, config }) =>
            attempt(deps, deps.nodeType(node_type) ?? unknownType(node_type), config, run, step),
          ),
        )
      }),
    )
