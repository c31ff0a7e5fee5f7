import * as E from 'fp-ts/Either'
import { eventCodec, type EventOf } from '../codec'
import type { Aggregate } from '../decider'
import type { StreamName } from '../event-store'
import { ExecutionId } from '../ids'
import { streamName } from '../position'
import {
  carryOutRequest,
  decideEffects,
  type EffectCommand,
  effectEvents,
  type EffectRefusal,
  evolveEffects,
} from './effects'
import {
  create,
  type CreateExecution,
  created,
  decideLifecycle,
  evolveLifecycle,
  type LifecycleCommand,
  lifecycleEvents,
  type LifecycleRefusal,
} from './lifecycle'
import { statusOf } from './next'
import {
  decidePreflight,
  evolvePreflight,
  type PreflightCommand,
  preflightEvents,
  type PreflightRefusal,
} from './preflight'
import { decideReviews, evolveReviews, type ReviewCommand, reviewEvents, type ReviewRefusal } from './reviews'
import { type Execution, type ExecutionState, unborn } from './state'
import { decideSteps, evolveSteps, type StepCommand, stepEvents, type StepRefusal } from './steps'

export const executionCategory = 'execution'

const events = { ...lifecycleEvents, ...preflightEvents, ...stepEvents, ...effectEvents, ...reviewEvents }
export type ExecutionEvent = EventOf<typeof events>
export type ExecutionEventOf<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { readonly type: Type }>

export type ExecutionCommand = LifecycleCommand | PreflightCommand | StepCommand | EffectCommand | ReviewCommand
export type { CreateExecution } from './lifecycle'
export type ExecutionRefusal = LifecycleRefusal | PreflightRefusal | StepRefusal | EffectRefusal | ReviewRefusal

type Decision = E.Either<ExecutionRefusal, ReadonlyArray<ExecutionEvent>>
type CommandType = Exclude<ExecutionCommand['type'], 'CreateExecution'>

const decisions: {
  readonly [Type in CommandType]: (
    command: Extract<ExecutionCommand, { readonly type: Type }>,
  ) => (run: Execution) => Decision
} = {
  ...decideLifecycle,
  ...decidePreflight,
  ...decideSteps,
  ...decideEffects,
  ...decideReviews,
  CarryOutRequest: carryOutRequest,
}

const evolutions: {
  readonly [Type in Exclude<ExecutionEvent['type'], 'ExecutionCreated'>]: (
    run: Execution,
    event: ExecutionEventOf<Type>,
  ) => Omit<Execution, 'status'>
} = { ...evolveLifecycle, ...evolvePreflight, ...evolveSteps, ...evolveEffects, ...evolveReviews }

/** A table's entry takes what its own type names; which one that is, the union does not remember. */
const decideOn = (command: Exclude<ExecutionCommand, CreateExecution>) => decisions[command.type](command as never)

const evolveBy = (run: Execution, event: Exclude<ExecutionEvent, ExecutionEventOf<'ExecutionCreated'>>) =>
  evolutions[event.type](run, event as never)

const decide =
  (command: ExecutionCommand) =>
  (state: ExecutionState): Decision => {
    if (command.type === 'CreateExecution')
      return state.status === 'unborn' ? create(command) : E.left({ _tag: 'ExecutionAlreadyExists' })
    return state.status === 'unborn' ? E.left({ _tag: 'ExecutionNotFound' }) : decideOn(command)(state)
  }

const withStatus = (run: Omit<Execution, 'status'>): Execution => ({ ...run, status: statusOf(run) })

const evolve = (state: ExecutionState, event: ExecutionEvent): ExecutionState => {
  if (event.type === 'ExecutionCreated') return withStatus(created(event))
  return state.status === 'unborn' ? state : withStatus(evolveBy(state, event))
}

/** One run, from trigger to end: its steps, effects, deliveries and reviews are facts of this one stream. */
export const execution: Aggregate<ExecutionState, ExecutionCommand, ExecutionEvent, ExecutionRefusal> = {
  category: executionCategory,
  codec: eventCodec(events),
  initialState: unborn,
  evolve,
  decide,
}

export const executionStream = (id: ExecutionId): StreamName => streamName(executionCategory, id)

/** The run a stream belongs to; undefined for a stream of another kind. */
export const executionOfStream = (stream: StreamName): ExecutionId | undefined => {
  const id = stream.slice(executionCategory.length + 1)
  return stream.startsWith(`${executionCategory}-`) && ExecutionId.is(id) ? id : undefined
}
