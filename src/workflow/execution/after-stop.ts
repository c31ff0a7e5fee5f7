import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { HandlerError } from '../../domain/command-handler'
import type { ExecutionRefusal } from '../../domain/execution/errors'
import type { Step } from '../../domain/execution/state'
import type { StepFault, StepStop, Unavailable } from '../../nodes/step-run'
import type { Tell } from './tell'

export type StepOutcome = 'completed' | 'failed' | 'needs_review'
/** The attempt failed and another is due in `inMs`. */
export type RetryLater = { readonly _tag: 'RetryLater'; readonly inMs: number; readonly code: string }
export type Failure = ExecutionRefusal | HandlerError | Unavailable | RetryLater

const firstPause = 1_000
const longestPause = 60_000
const pauseAfter = (attempt: number): number => Math.min(longestPause, firstPause * 2 ** (attempt - 1))

const failed = (say: Tell, { step_id }: Step, { fault }: StepFault): TE.TaskEither<Failure, StepOutcome> =>
  pipe(
    say({ type: 'FailStep', step_id, fault }, { key: [step_id] }),
    TE.map((): StepOutcome => 'failed'),
  )

const again = (
  say: Tell,
  { step_id, attempt }: Step,
  attempts_at_most: number,
  { fault }: StepFault,
): TE.TaskEither<Failure, never> => {
  const retry_in_ms = pauseAfter(attempt)
  return pipe(
    say({ type: 'RecordFailedAttempt', step_id, attempts_at_most, retry_in_ms, fault }, { key: [step_id, attempt] }),
    TE.chain(() => TE.left<Failure>({ _tag: 'RetryLater', inMs: retry_in_ms, code: fault.code })),
  )
}

/** What follows from an attempt that did not complete its step. */
export const afterStop =
  (say: Tell, step: Step, attemptsAtMost: number) =>
  (stop: StepStop | Failure): TE.TaskEither<Failure, StepOutcome> => {
    if (stop._tag === 'OutcomeLost') return TE.of('needs_review')
    if (stop._tag !== 'StepFault') return TE.left(stop)
    return stop.retryable && step.attempt < attemptsAtMost
      ? again(say, step, attemptsAtMost, stop)
      : failed(say, step, stop)
  }
