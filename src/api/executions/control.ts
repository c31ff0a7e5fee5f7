import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled } from '../../domain/command-handler'
import type { Revision } from '../../domain/event-store'
import { text } from '../../domain/exact'
import { execution, executionStream } from '../../domain/execution'
import type { Control } from '../../domain/execution/next'
import { type ControlCommand, planOfControl } from '../../domain/execution/plan-of-control'
import type { Execution, ExecutionState } from '../../domain/execution/state'
import { ExecutionId } from '../../domain/ids'
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
import { flagParameter, query } from '../query'
import { isRefusedControl, recordRefusal, withAccepted } from './refused-control'
import { shownPlan, shownRefusal } from './shown-plan'

export const controlReason = text(1_000, { lines: true })

const controlQuery = query({ plan: flagParameter })
type ControlCall<B> = Call<{ readonly plan: boolean | undefined }, B>

/** `told` is the run before the command; `pinned` the revision that the caller has seen. */
type Steering = {
  readonly id: ExecutionId
  readonly told: Told<Execution>
  readonly pinned: Revision | undefined
  readonly context: CommandContext
  /** RFC 3339 */
  readonly now: string
}
type Carried = Handled<ExecutionState> & Pick<Steering, 'id'>

type Steered<B> = {
  readonly control: Control
  readonly body: BodyReader<B>
  /** What the body says, as a command to the run as it stands. */
  readonly command: (call: ControlCall<B>, run: Execution, now: string) => TE.TaskEither<ApiError, ControlCommand>
  readonly answer: (carried: Carried) => TE.TaskEither<ApiError, Answer>
}

/** A caller who has seen another revision is told so, rather than what that revision does not allow. */
const asked = <B>({ command }: Steered<B>, call: ControlCall<B>, { told, pinned, now }: Steering) =>
  pipe(
    command(call, told.state, now),
    TE.mapLeft((error): ApiError =>
      pinned !== undefined && pinned !== told.revision && isRefusedControl(withAccepted(told.state)(error))
        ? { _tag: 'RevisionMoved', actual: told.revision }
        : error,
    ),
  )

const planned = <B>(steered: Steered<B>, call: ControlCall<B>, steering: Steering): TE.TaskEither<ApiError, Answer> => {
  const { told, pinned } = steering
  const { control } = steered
  if (pinned !== undefined && pinned !== told.revision) return TE.left({ _tag: 'RevisionMoved', actual: told.revision })
  return pipe(
    asked(steered, call, steering),
    TE.chainEitherKW((command) => planOfControl(told.state, command)),
    TE.bimap(withAccepted(told.state), (plan) => ok(shownPlan(control, plan), told)),
    TE.orElse((error) =>
      isRefusedControl(error) ? TE.right(ok(shownRefusal(control, call, error), told)) : TE.left(error),
    ),
  )
}

const carriedOut =
  ({ store }: Commanding) =>
  <B>(steered: Steered<B>, call: ControlCall<B>, steering: Steering): TE.TaskEither<ApiError, Answer> => {
    const { id, told, pinned, context } = steering
    return pipe(
      asked(steered, call, steering),
      TE.chainW((command) => commandHandler(store)(execution)(executionStream(id), command, context, pinned)),
      TE.mapLeft(withAccepted(told.state)),
      TE.orElseFirstTaskK((error) =>
        isRefusedControl(error) ? recordRefusal(store, steered.control, id, context)(error) : T.of(undefined),
      ),
      TE.chainW((handled) => steered.answer({ ...handled, id })),
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
        TE.bindW('context', () => contextOf(deps.keyed, call)),
        TE.chainW((found) => {
          const steering = { ...found, now: new Date().toISOString() }
          return call.query.plan === true ? planned(steered, call, steering) : carriedOut(deps)(steered, call, steering)
        }),
      ),
  })

/** How the run stands after a control. */
export const steeredAnswer = ({ id, state, ...at }: Carried, more: object = {}): Answer => {
  const requested = state.status === 'unborn' ? undefined : state.requested?.control
  return done({ id, execution_id: id, status: state.status, requested: requested ?? null, ...more }, at)
}
