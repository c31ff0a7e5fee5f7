import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Execution, type Step, stepOf } from '../../domain/execution/state'
import type { JsonObject } from '../../domain/json'
import type { Loaded } from '../../domain/load'
import type { NodeType } from '../../nodes/node-type'
import type { References, StepFault, StepResult, StepServices, StepStop } from '../../nodes/step-run'
import { afterStop, type Failure, type StepOutcome } from './after-stop'
import { loadRun, settled } from './load-run'
import { once } from './once'
import { catalogueOf } from './services'
import { brokeDown, internal, isUnsayable, unsayable } from './step-faults'
import { type Log, type Tell, tell } from './tell'
import { within } from './within'

/** How a node's type is run, its configuration as stored. */
export type RunnableType = Pick<NodeType<JsonObject>, 'attempts' | 'timeoutMs' | 'input' | 'execute'>

export type Attempting = {
  readonly log: Log
  readonly services: Omit<StepServices, 'template' | 'connection'>
  /** A new author for each attempt at a step. */
  readonly newAuthor: () => string
}

type Run = Loaded<Execution>
type Input = E.Either<StepFault, JsonObject>
type Begun = { readonly run: Run; readonly input: Input }

const referencesOf = ({ triggerData, steps }: Execution): References => ({
  trigger: triggerData,
  step: Object.fromEntries(steps.map(({ position, output }) => [String(position), output])),
})

const start = ({ log }: Attempting, run: Run, step: Step, data_in: JsonObject): TE.TaskEither<Failure, Run> => {
  const { step_id, status, waitsForRetry } = step
  const attempt = waitsForRetry || status === 'pending' ? step.attempt + 1 : step.attempt
  return pipe(
    tell(log)(run)({ type: 'StartStep', step_id, data_in }, { key: [step_id, attempt] }),
    TE.chainW(() => loadRun(log)(run.state.executionId)),
  )
}

const inputOf = ({ input }: RunnableType, config: JsonObject, asked: Parameters<RunnableType['input']>[1]): Input =>
  pipe(
    E.tryCatch(
      () => input(config, asked),
      (thrown) => brokeDown(asked.step, thrown),
    ),
    E.flatten,
  )

/** Input that the log does not take is left out, and the step fails for it. */
const begin = (deps: Attempting, before: Run, step: Step, input: Input): TE.TaskEither<Failure, Begun> =>
  pipe(
    start(deps, before, step, E.isRight(input) ? input.right : {}),
    TE.map((run) => ({ run, input })),
    TE.orElse((error) =>
      isUnsayable(error)
        ? pipe(
            start(deps, before, step, {}),
            TE.map((run): Begun => ({ run, input: E.left(unsayable(step, error)) })),
          )
        : TE.left(error),
    ),
  )

const execute = (
  { log, services, newAuthor }: Attempting,
  { timeoutMs, execute }: RunnableType,
  config: JsonObject,
  run: Run,
  step: Step,
): TE.TaskEither<StepStop, StepResult> => {
  const { executionId, organizationId, documents, effects } = run.state
  const doOnce = once(tell(log)(run), run.state, step, newAuthor())
  return within(
    timeoutMs,
    step,
  )((isOver) =>
    execute(config, {
      ...services,
      ...catalogueOf(log, organizationId),
      executionId,
      organizationId,
      step,
      references: referencesOf(run.state),
      documents,
      effect: (key) => effects[key],
      effectKey: (target) => `${step.step_id}/${target}`,
      // An attempt that was given up begins nothing more: the next one may be at it.
      once: (intention, act) =>
        isOver() ? TE.left(internal(step, 'the attempt was given up')) : doOnce(intention, act),
    }),
  )
}

const complete =
  (say: Tell, step: Step) =>
  ({ output, personal }: StepResult): TE.TaskEither<Failure | StepFault, StepOutcome> =>
    pipe(
      say(
        { type: 'CompleteStep', step_id: step.step_id, output, personal: { output: personal } },
        { key: [step.step_id] },
      ),
      TE.bimap(
        (error) => (isUnsayable(error) ? unsayable(step, error) : error),
        (): StepOutcome => 'completed',
      ),
    )

/** Command, effect, command. */
export const attempt = (
  deps: Attempting,
  type: RunnableType,
  config: JsonObject,
  before: Run,
  planned: Step,
): TE.TaskEither<Failure, StepOutcome> => {
  const { documents } = before.state
  const wanted = inputOf(type, config, { references: referencesOf(before.state), documents, step: planned })
  return pipe(
    begin(deps, before, planned, wanted),
    TE.chain(({ run, input }) => {
      const step = stepOf(run.state, planned.step_id) ?? planned
      const already = settled(run.state, step)
      if (already !== undefined) return TE.of(already)
      const say = tell(deps.log)(run)
      return pipe(
        TE.fromEither(input),
        TE.chainW(() => execute(deps, type, config, run, step)),
        TE.chainW(complete(say, step)),
        TE.orElse(afterStop(say, step, type.attempts)),
      )
    }),
  )
}
