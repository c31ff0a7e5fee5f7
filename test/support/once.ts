import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { execution } from '../../src/domain/execution'
import type { ExecutionCommand } from '../../src/domain/execution/commands'
import type { ExecutionRefusal } from '../../src/domain/execution/errors'
import type { ExecutionEvent, Receipt } from '../../src/domain/execution/events'
import type { Execution, ExecutionState } from '../../src/domain/execution/state'
import { fault } from '../../src/domain/fault'
import type { StepId } from '../../src/domain/ids'
import type { EffectFault, Once, StepStop } from '../../src/nodes/step-run'

/** A run's stream in memory, decided on by the real decider. */
export const runInMemory = () => {
  const events: Array<ExecutionEvent> = []
  const state = (): ExecutionState => events.reduce(execution.evolve, execution.initialState)
  const tell = (command: ExecutionCommand): E.Either<ExecutionRefusal, void> =>
    pipe(
      execution.decide(command)(state()),
      E.map((decided) => {
        events.push(...decided)
      }),
    )
  const run = (): Execution => {
    const now = state()
    if (now.status === 'unborn') throw new Error('the run is not created')
    return now
  }
  const must = (command: ExecutionCommand): void => {
    const told = tell(command)
    if (E.isLeft(told)) throw new Error(`${command.type}: ${told.left._tag}`)
  }
  return { events, run, tell, must }
}

export type RunInMemory = ReturnType<typeof runInMemory>

/** Intention, act, receipt, as a worker does it, without a log. */
export const onceInMemory =
  ({ run, tell, must }: RunInMemory, step_id: StepId): Once =>
  (wanted, act) => {
    const { effect_key } = wanted
    const before = run().effects[effect_key]
    if (before?.status === 'done') return TE.of(before.receipt)
    if (E.isLeft(tell({ type: 'IntendEffect', ...wanted, step_id }))) return lost(effect_key)
    return pipe(
      act,
      TE.orElse((error): TE.TaskEither<StepStop, Receipt> => {
        if (error._tag === 'Unavailable') return TE.left(error)
        return onFault(error)
      }),
      TE.map((receipt) => {
        must({ type: 'RecordReceipt', receipt })
        return receipt
      }),
    )

    function lost(key: string): TE.TaskEither<StepStop, never> {
      must({ type: 'ReportLostOutcome', effect_key: key, fault: fault('delivery.outcome_unknown', { label: '' }, '') })
      return TE.left({ _tag: 'OutcomeLost' })
    }

    function onFault({ happened, fault: stop }: EffectFault): TE.TaskEither<StepStop, never> {
      if (happened === 'unknown' && !wanted.repeatable) return lost(effect_key)
      must({ type: 'AbandonEffect', effect_key, step_id, fault: stop.fault })
      return TE.left(stop)
    }
  }
