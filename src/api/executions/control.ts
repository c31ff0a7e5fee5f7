import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled } from '../../domain/command-handler'
import type { Revision } from '../../domain/event-store'
import { text } from '../../domain/exact'
import { execution, executionStream } from '../../domain/execution'
import { acceptedIn, type Control } from '../../domain/execution/next'
import { type ControlCommand, type ControlPlan, planOfControl } from '../../domain/execution/plan-of-control'
import type { Execution, ExecutionState, Step } from '../../domain/execution/state'
import { CommandId, derivedId, ExecutionId } from '../../domain/ids'
import type { CommandContext } from '../../domain/metadata'
import { type Answer, done, ok } from '../answer'
import { mayOperate } from '../auth/role'
import type { BodyReader } from '../body/json'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import type { Call } from '../on'
import { owned, type Told } from '../owned'
import { problemOf, type Reader } from '../problem/problem'
import { renderProblem } from '../problem/render'
import { flagParameter, query } from '../query'
import { pathOf } from '../request'
import { shownEffect } from './effects'

export const controlReason = text(1_000, { lines: true })

const controlQuery = query({ plan: flagParameter })
type ControlCall<B> = Call<{ readonly plan: boolean | undefined }, B>

/** `id` is the run's, as `told` before the command; `pinned` is the revision that the caller has seen. */
type Steering = {
  readonly id: ExecutionId
  readonly told: Told<Execution>
  readonly pinned: Revision | undefined
  readonly context: CommandContext
}
type Carried = Handled<ExecutionState> & Pick<Steering, 'id'>

type Steered<B> = {
  readonly control: Control
  readonly body: BodyReader<B>
  /** What the body says, as a command; `now` is RFC 3339. */
  readonly command: (call: ControlCall<B>, run: Execution, now: string) => TE.TaskEither<ApiError, ControlCommand>
  readonly answer: (carried: Carried) => TE.TaskEither<ApiError, Answer>
}

const refusals = [
  'ControlNotPossible',
  'OutcomeDecisionNeeded',
  'RepeatDecisionNeeded',
  'RetriedAlready',
  'RetryNotPossible',
  'StepNotReusable',
  'WorkflowNotActive',
] as const satisfies ReadonlyArray<ApiError['_tag']>
type Refusal = Extract<ApiError, { readonly _tag: (typeof refusals)[number] }>

/** A control that was understood, and that the run's state does not allow. */
const isRefusal = (error: ApiError): error is Refusal => (refusals as ReadonlyArray<string>).includes(error._tag)

/** A run that has heard of a cancel accepts less than its status says. */
const withAccepted =
  ({ requested, status }: Execution) =>
  (error: ApiError): ApiError => {
    if (error._tag !== 'ControlNotAccepted' && error._tag !== 'ExecutionAlreadyEnded') return error
    const heard = error.status === status ? requested?.control : undefined
    return { _tag: 'ControlNotPossible', status: error.status, accepted: acceptedIn(error.status, heard) }
  }

/** That somebody tried stands in the log; the answer does not depend on it. */
const recordRefusal =
  ({ store }: Pick<Commanding, 'store'>, control: Control, { id, context }: Steering) =>
  (error: Refusal): T.Task<unknown> =>
    commandHandler(store)(execution)(
      executionStream(id),
      { type: 'RecordRefusedControl', control, code: problemOf(error).code },
      { ...context, commandId: derivedId(CommandId, context.commandId, 'refused') },
    )

export const shownStepOfPlan = ({ position, label, node_id }: Step) => ({ position, label, node_id })

const shownPlan = ({ steps, reused, repeated, skipped, checks, then }: ControlPlan) => ({
  steps_to_run: steps.map(shownStepOfPlan),
  outputs_reused: reused.map(shownStepOfPlan),
  effects_repeated: repeated.map(shownEffect),
  effects_skipped: skipped.map(shownEffect),
  checks: checks.map(shownStepOfPlan),
  then,
})

const shownRefusal = (reader: Reader, call: Call<unknown, unknown>, error: Refusal) => {
  const { code, title, detail, params } = renderProblem(problemOf(error), reader, pathOf(call.req), call.correlationId)
  return { code, title, detail, params }
}

const planned = <B>(
  { control, command }: Steered<B>,
  call: ControlCall<B>,
  { told, pinned }: Steering,
  now: string,
): TE.TaskEither<ApiError, Answer> =>
  pipe(
    pinned === undefined || pinned === told.revision
      ? command(call, told.state, now)
      : TE.left<ApiError>({ _tag: 'RevisionMoved', actual: told.revision }),
    TE.chainEitherKW((asked) => planOfControl(told.state, asked)),
    TE.mapLeft(withAccepted(told.state)),
    TE.map((plan) => ok({ control, accepted: true, plan: shownPlan(plan) }, told)),
    TE.orElse((error) =>
      isRefusal(error)
        ? TE.right(ok({ control, accepted: false, refused: shownRefusal(call, call, error), plan: null }, told))
        : TE.left(error),
    ),
  )

const carriedOut = <B>(
  deps: Commanding,
  { control, command, answer }: Steered<B>,
  call: ControlCall<B>,
  steering: Steering,
  now: string,
): TE.TaskEither<ApiError, Answer> => {
  const { id, told, pinned, context } = steering
  return pipe(
    command(call, told.state, now),
    TE.chainW((asked) => commandHandler(deps.store)(execution)(executionStream(id), asked, context, pinned)),
    TE.mapLeft(withAccepted(told.state)),
    TE.orElseFirstTaskK((error) =>
      isRefusal(error) ? recordRefusal(deps, control, steering)(error) : T.of(undefined),
    ),
    TE.chainW((handled) => answer({ ...handled, id })),
  )
}

/** POST of what a person wants of a run. With `?plan=true` it is told what would come of it, and nothing changes. */
export const steerExecution = <B>(deps: Commanding, steered: Steered<B>) =>
  deps.on.route({
    roles: mayOperate,
    query: controlQuery,
    body: steered.body,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, ExecutionId>(idIn(call.req, ExecutionId)),
        TE.bindTo('id'),
        TE.bindW('told', ({ id }) => owned(deps.store)(execution)(executionStream(id), call.caller.organization)),
        TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
        TE.bindW('context', () => TE.fromEither(contextOf(deps.keyed, call))),
        TE.chainW((steering) => {
          const now = new Date().toISOString()
          return call.query.plan === true
            ? planned(steered, call, steering, now)
            : carriedOut(deps, steered, call, steering, now)
        }),
      ),
  })

/** How the run stands after a control. */
export const steeredAnswer = ({ id, state, ...at }: Carried, more: object = {}): Answer => {
  const requested = state.status === 'unborn' ? undefined : state.requested?.control
  return done({ id, execution_id: id, status: state.status, requested: requested ?? null, ...more }, at)
}
