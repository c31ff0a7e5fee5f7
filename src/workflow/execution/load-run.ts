import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { execution, executionStream } from '../../domain/execution'
import type { ExecutionNotFound } from '../../domain/execution/errors'
import { type Execution, hasEnded, type Step } from '../../domain/execution/state'
import type { ExecutionId } from '../../domain/ids'
import { load, type Loaded, type LoadError } from '../../domain/load'
import type { StepOutcome } from './after-stop'
import type { Log } from './tell'

export const loadRun =
  (log: Pick<Log, 'readStream'>) =>
  (id: ExecutionId): TE.TaskEither<LoadError | ExecutionNotFound, Loaded<Execution>> =>
    pipe(
      load(log)(execution)(executionStream(id)),
      TE.chainW(({ state, history }): TE.TaskEither<ExecutionNotFound, Loaded<Execution>> =>
        state.status === 'unborn' ? TE.left({ _tag: 'ExecutionNotFound' }) : TE.of({ state, history }),
      ),
    )

/** How the step came out, if it has, or why it may not go on. */
export const settled = (run: Execution, step: Step): StepOutcome | undefined => {
  if (step.status === 'success') return 'completed'
  if (step.status === 'failure' || hasEnded(run)) return 'failed'
  return run.status === 'needs_review' ? 'needs_review' : undefined
}
