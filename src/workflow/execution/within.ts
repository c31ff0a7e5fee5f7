import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { Step } from '../../domain/execution/state'
import { fault } from '../../domain/fault'
import type { StepFault, StepStop } from '../../nodes/step-run'

const tooSlow = (step: Step, ms: number): StepFault => ({
  _tag: 'StepFault',
  retryable: true,
  fault: fault('timeout', { label: step.label }, `no end within ${ms} ms`),
})

const brokeDown = (step: Step, reason: unknown): StepFault => ({
  _tag: 'StepFault',
  retryable: false,
  fault: fault(
    'internal_error',
    { label: step.label },
    reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
  ),
})

/** A step's own time limit, and the end of the road for what it throws: a bug fails its run, not the worker. */
export const within =
  (ms: number, step: Step) =>
  <A>(work: TE.TaskEither<StepStop, A>): TE.TaskEither<StepStop, A> =>
  async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<E.Either<StepStop, A>>((resolve) => {
      timer = setTimeout(() => {
        resolve(E.left(tooSlow(step, ms)))
      }, ms)
    })
    const ended = work().catch((reason: unknown): E.Either<StepStop, A> => E.left(brokeDown(step, reason)))
    const first = await Promise.race([ended, late])
    clearTimeout(timer)
    return first
  }
