import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { ExecutionCommand } from '../../domain/execution'
import type { Receipt } from '../../domain/execution/receipts'
import type { Step } from '../../domain/execution/state'
import type { EffectFault, Once, StepStop, Unavailable } from '../../nodes/steps/step-run'
import type { RunCommands } from './run-commands'
import { outcomeUnknown } from './step-faults'
import { committed, lookAgain, orStop } from './stop'

/**
 * Intention, effect, receipt. What the log answers to the intention decides: done is not done again, another's without a receipt may have
 * happened, and unless the effect can be repeated, a person decides. The receipt goes to the log with what comes next, at once when the effect must
 * not happen twice.
 */
export const once =
  (run: RunCommands, step: Step, author: string, now: () => string, isOver: () => boolean): Once =>
  (wanted, act) => {
    const { effect_key, repeatable } = wanted
    const effect = () => run.state().effects[effect_key]

    const say = (command: ExecutionCommand): TE.TaskEither<StepStop, void> =>
      pipe(
        TE.fromEither(run.stage(command)),
        TE.chainW(() => committed(run)),
      )

    const lost: TE.TaskEither<StepStop, never> = () =>
      pipe(
        say({ type: 'ReportLostOutcome', effect_key, now: now(), fault: outcomeUnknown(step) }),
        TE.chain(() => TE.left<StepStop>(lookAgain)),
      )()

    const intend: TE.TaskEither<StepStop, void> = () =>
      pipe(
        run.stage({ type: 'IntendEffect', ...wanted, step_id: step.step_id, author }),
        E.match(
          (): TE.TaskEither<StepStop, void> => (isUnknown() ? lost : TE.left(lookAgain)),
          (): TE.TaskEither<StepStop, void> => committed(run),
        ),
      )()

    const isUnknown = () => effect()?.status === 'intended' && effect()?.author !== author && !repeatable

    const onFault = (error: EffectFault | Unavailable): TE.TaskEither<StepStop, Receipt> => {
      if (error._tag === 'Unavailable') return TE.left(error)
      if (isOver()) return TE.left(lookAgain)
      if (error.happened === 'unknown' && !repeatable) return lost
      const { fault } = error.fault
      return pipe(
        TE.fromEither(run.stage({ type: 'AbandonEffect', effect_key, step_id: step.step_id, fault })),
        TE.chainW(() => TE.left<StepStop>(error.fault)),
      )
    }

    /** An attempt that was given up is heard all the same: it settles what was taken for lost. */
    const late = (receipt: Receipt): TE.TaskEither<StepStop, never> =>
      pipe(
        orStop(run.reopen),
        TE.chain((now) =>
          pipe(
            TE.fromEither(now.stage({ type: 'RecordReceipt', receipt })),
            TE.chainW(() => committed(now)),
          ),
        ),
        TE.chain(() => TE.left<StepStop>(lookAgain)),
      )

    const receipted = (receipt: Receipt): TE.TaskEither<StepStop, Receipt> =>
      isOver()
        ? late(receipt)
        : pipe(
            TE.fromEither(run.stage({ type: 'RecordReceipt', receipt })),
            TE.map(() => receipt),
          )

    const doIt = pipe(act, TE.orElse(onFault), TE.chainW(receipted))

    return pipe(
      TE.fromIO(() => effect()?.status),
      TE.chain((status): TE.TaskEither<StepStop, Receipt | undefined> => {
        if (status === 'done') return TE.of(effect()?.receipt)
        if (isOver()) return TE.left(lookAgain)
        return pipe(
          intend,
          TE.chainW((): TE.TaskEither<StepStop, Receipt | undefined> => {
            if (effect()?.status === 'done') return TE.of(effect()?.receipt)
            return isOver() ? TE.left(lookAgain) : doIt
          }),
        )
      }),
    )
  }
