import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { Step } from '../../domain/execution/state'
import type { StepStop } from '../../nodes/step-run'
import { brokeDown, tooSlow } from './step-faults'

/**
 * A step's own time limit, and the end of the road for what it throws: a bug fails its run, not the worker. Work that was given up goes on
 * unheard; `isOver` tells it so.
 */
export const within =
  (ms: number, step: Step) =>
  <A>(work: (isOver: () => boolean) => TE.TaskEither<StepStop, A>): TE.TaskEither<StepStop, A> =>
  async () => {
    let over = false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<E.Either<StepStop, A>>((resolve) => {
      timer = setTimeout(() => {
        resolve(E.left(tooSlow(step, ms)))
      }, ms)
    })
    const ended = Promise.resolve()
      .then(() => work(() => over)())
      .catch((reason: unknown): E.Either<StepStop, A> => E.left(brokeDown(step, reason)))
    const first = await Promise.race([ended, late])
    over = true
    clearTimeout(timer)
    return first
  }
