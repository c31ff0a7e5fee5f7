import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'

type Tagged = { readonly _tag: string }

/** The log did not answer; it says nothing about the command. */
const passing = (error: Tagged): boolean => ['StoreUnavailable', 'StoreDenied', 'TooManyConflicts'].includes(error._tag)

const longestPause = 3_000

/** Gives the same again while the log is away, about eight minutes: what happened outside must get into the log before it is forgotten. */
export const insist = <E extends Tagged, A>(task: TE.TaskEither<E, A>, pause = 100, left = 160): TE.TaskEither<E, A> =>
  pipe(
    task,
    TE.orElse((error) =>
      left > 0 && passing(error)
        ? pipe(insist(task, Math.min(longestPause, pause * 2), left - 1), T.delay(pause))
        : TE.left(error),
    ),
  )
