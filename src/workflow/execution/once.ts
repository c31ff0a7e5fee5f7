import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { HandlerError } from '../../domain/command-handler'
import type { ExecutionCommand } from '../../domain/execution/commands'
import type { ExecutionRefusal } from '../../domain/execution/errors'
import type { Receipt } from '../../domain/execution/events'
import type { Execution, Step } from '../../domain/execution/state'
import { fault } from '../../domain/fault'
import type { EffectFault, Once, StepStop, Unavailable } from '../../nodes/step-run'
import { insist } from './insist'
import { untold } from './step-faults'
import type { Tell } from './tell'

/**
 * Intention, effect, receipt. `author` is new with each attempt at the step: an intention by another author that has no receipt may have
 * happened, and unless the effect can be repeated, a person decides.
 */
export const once =
  (tell: Tell, run: Execution, step: Step, author: string): Once =>
  (wanted, act) => {
    const intention = { ...wanted, step_id: step.step_id }
    const { effect_key } = intention
    const before = run.effects[effect_key]
    if (before?.status === 'done') return TE.of(before.receipt)
    const time = before === undefined ? 1 : before.times + (before.status === 'dropped' ? 1 : 0)

    const say = (command: ExecutionCommand) => insist(tell(command, { key: [effect_key, time], author }))

    const stop = (command: ExecutionCommand, why: StepStop): TE.TaskEither<StepStop, never> =>
      pipe(
        say(command),
        TE.mapLeft(untold(step)),
        TE.chainW(() => TE.left(why)),
      )

    const lost = stop({ type: 'ReportLostOutcome', effect_key, fault: outcomeUnknown(step) }, { _tag: 'OutcomeLost' })

    const notOurs = (error: ExecutionRefusal | HandlerError): TE.TaskEither<StepStop, void> => {
      if (error._tag !== 'EffectOutcomeLost' && error._tag !== 'CommandIdReused') return TE.left(untold(step)(error))
      return intention.repeatable ? TE.of(undefined) : lost
    }

    const onFault = (error: EffectFault | Unavailable): TE.TaskEither<StepStop, Receipt> => {
      if (error._tag === 'Unavailable') return TE.left(error)
      if (error.happened === 'unknown' && !intention.repeatable) return lost
      return stop({ type: 'AbandonEffect', effect_key, step_id: step.step_id, fault: error.fault.fault }, error.fault)
    }

    return pipe(
      say({ type: 'IntendEffect', ...intention }),
      TE.map(() => undefined),
      TE.orElse(notOurs),
      TE.chain(() => pipe(act, TE.orElse(onFault))),
      TE.chainW((receipt) =>
        pipe(
          say({ type: 'RecordReceipt', receipt }),
          TE.bimap(untold(step), () => receipt),
        ),
      ),
    )
  }

const outcomeUnknown = (step: Step) =>
  fault('delivery.outcome_unknown', { label: step.label }, 'no receipt followed the intention to send')
