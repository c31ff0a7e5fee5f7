import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { NodeId } from '../ids'
import { execution, type ExecutionCommand, type ExecutionEvent, type ExecutionRefusal } from './index'
import { next } from './next'
import { isKept, retryOf } from './retry'
import {
  type Effect,
  type Execution,
  type ExecutionState,
  type ExecutionStatus,
  hasEnded,
  isDone,
  isUnknown,
  type Step,
  stepOf,
  unborn,
} from './state'

export type ControlCommand = Extract<
  ExecutionCommand,
  { readonly type: 'PauseExecution' | 'CancelExecution' | 'ResumeExecution' | 'RetryExecution' }
>

/** What comes of a control when every check and step then does well. Steps are those of the run that goes on. */
export type ControlPlan = {
  readonly steps: ReadonlyArray<Step>
  readonly reused: ReadonlyArray<Step>
  /** What the steps to come have done before, or may have, and would do once more. */
  readonly repeated: ReadonlyArray<Effect>
  readonly skipped: ReadonlyArray<Effect>
  readonly checks: ReadonlyArray<Step>
  readonly then: ExecutionStatus | 'paused_when_step_ends' | 'canceled_when_step_ends'
}

const folded = (state: ExecutionState, events: ReadonlyArray<ExecutionEvent>): Execution =>
  events.reduce(execution.evolve, state) as Execution

type Way = { readonly run: Execution; readonly steps: ReadonlyArray<Step>; readonly checks: ReadonlyArray<NodeId> }

const after = (run: Execution, ...commands: ReadonlyArray<ExecutionCommand>): Execution =>
  commands.reduce<Execution>(
    (state, command) =>
      pipe(
        execution.decide(command)(state),
        E.match(
          ({ _tag }) => {
            throw new Error(`${command.type} was next, and is refused: ${_tag}`)
          },
          (events) => folded(state, events),
        ),
      ),
    run,
  )

const checked = (
  { executionId, workflowVersion, workflowRevision, preflight }: Execution,
  nodes: ReadonlyArray<NodeId>,
) => ({
  type: 'RecordPreflight' as const,
  round: preflight.round,
  execution_id: executionId,
  at: '',
  duration_ms: 0,
  input_hash: '',
  workflow_version: workflowVersion,
  workflow_revision: workflowRevision,
  templates: [],
  nodes,
  blocking_count: 0,
  warning_count: 0,
  personal: { findings: [] },
})

const worked = ({ step_id, author = '' }: Step): ReadonlyArray<ExecutionCommand> => [
  { type: 'StartStep', step_id, author, data_in: {} },
  { type: 'CompleteStep', step_id, output: {}, personal: { output: {} } },
]

/** The way of a run from here to its end, or to where it waits for people. */
const wayOf = (way: Way, now: string): Way => {
  const { run, steps, checks } = way
  const todo = next(run, now)
  switch (todo._tag) {
    case 'Ended':
    case 'Expire':
      return way
    case 'Wait':
      return todo.until !== undefined && !hasEnded(run) && run.holds.every(({ kind }) => kind === 'retry_due')
        ? wayOf(way, todo.until)
        : way
    case 'Decide':
      return wayOf({ ...way, run: after(run, todo.command) }, now)
    case 'Check':
      return wayOf({ ...way, run: after(run, checked(run, todo.nodes)), checks: [...checks, ...todo.nodes] }, now)
    case 'Run':
      return wayOf({ ...way, run: after(run, ...worked(todo.step)), steps: [...steps, todo.step] }, now)
  }
}

const asRequested = { pause: 'paused_when_step_ends', cancel: 'canceled_when_step_ends' } as const

const standing = (then: ControlPlan['then']): ControlPlan => ({
  steps: [],
  reused: [],
  repeated: [],
  skipped: [],
  checks: [],
  then,
})

type Going = {
  readonly before: Execution
  readonly run: Execution
  readonly known: (effect: Effect) => boolean
  readonly isSkipped: (effect: Effect) => boolean
  readonly isReused: (step: Step) => boolean
}

const goingOn = ({ before, run, known, isSkipped, isReused }: Going, now: string): ControlPlan => {
  const { steps, checks, run: end } = wayOf({ run, steps: [], checks: [] }, now)
  const nodes = steps.map(({ node_id }) => node_id)
  const effects = Object.values(before.effects).filter((effect) => {
    const node = stepOf(before, effect.step_id)?.node_id
    return node !== undefined && nodes.includes(node) && known(effect)
  })
  return {
    steps,
    checks: run.steps.filter(({ node_id }) => checks.includes(node_id)),
    reused: run.steps.filter(isReused),
    repeated: effects.filter((effect) => !isSkipped(effect)),
    skipped: effects.filter(isSkipped),
    then: end.status,
  }
}

const isDoneBefore = ({ status }: Effect): boolean => status === 'done'

const planFrom = (before: Execution, then: Execution, { now, type }: ControlCommand): ControlPlan => {
  const retry = type === 'RetryExecution' ? retryOf(then) : undefined
  if (retry !== undefined)
    return goingOn(
      {
        before,
        run: folded(unborn, E.getOrElseW(() => [])(execution.decide(retry)(unborn))),
        known: (effect) => isDoneBefore(effect) || isUnknown(effect),
        isSkipped: (effect) => isKept(effect, false, then.retry?.repeat_effects ?? false),
        isReused: ({ reusedFrom }) => reusedFrom !== undefined,
      },
      now,
    )
  if (then.requested !== undefined) return standing(asRequested[then.requested.control])
  if (type !== 'ResumeExecution' || hasEnded(then)) return standing(then.status)
  return goingOn(
    {
      before,
      run: then,
      known: (effect) => isDoneBefore(effect) || effect.status === 'lost',
      isSkipped: ({ effect_key }) => then.effects[effect_key]?.status === 'done',
      isReused: isDone,
    },
    now,
  )
}

/** What a control would do, by the rules that it would be done by. */
export const planOfControl = (run: Execution, command: ControlCommand): E.Either<ExecutionRefusal, ControlPlan> =>
  pipe(
    execution.decide(command)(run),
    E.map((events) => planFrom(run, folded(run, events), command)),
  )
