import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { LookAgain, StepStop, Unavailable } from '../../nodes/steps/step-run'
import type { CommitError, RunCommands } from './run-commands'

export const lookAgain: LookAgain = { _tag: 'LookAgain' }

const stopOf = (error: CommitError): StepStop => {
  switch (error._tag) {
    case 'LookAgain':
    case 'Unsayable':
    case 'RunGone':
      return error
    case 'StreamDeleted':
      return { _tag: 'RunGone' }
    case 'StoreUnavailable':
    case 'StoreDenied':
    case 'UndecodableEvent':
      return { _tag: 'Unavailable', reason: `${error._tag}: ${error.reason}` }
    case 'StreamTooLong':
      return { _tag: 'Unavailable', reason: error._tag }
  }
}

export const orStop = <A>(task: TE.TaskEither<CommitError, A>): TE.TaskEither<StepStop, A> =>
  pipe(task, TE.mapLeft(stopOf))

/** Everything staged is in the log. */
export const committed = (run: RunCommands): TE.TaskEither<StepStop, void> => orStop(run.commit)

export const away = ({ _tag }: { readonly _tag: string }): Unavailable => ({ _tag: 'Unavailable', reason: _tag })
