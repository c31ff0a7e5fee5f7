import { ApplicationFailure, Context } from '@temporalio/activity'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { ExecutionId, StepId } from '../../domain/ids'
import { orFail } from '../or-fail'
import type { StepOutcome } from './after-stop'
import { loadRun } from './load-run'
import { runStep as runStepOf, type RunStepDeps } from './run-step'
import { tell } from './tell'

export type ExecutionActivities = {
  /** The ids of the run's steps, in order. */
  readonly beginExecution: (executionId: string) => Promise<ReadonlyArray<string>>
  readonly runStep: (executionId: string, stepId: string) => Promise<StepOutcome>
  readonly completeExecution: (executionId: string) => Promise<void>
}

const idOf = <A>(decoded: E.Either<unknown, A>): A => {
  if (E.isLeft(decoded)) throw ApplicationFailure.nonRetryable('not an id of ours', 'BadId')
  return decoded.right
}

const heartbeatEvery = 3_000

/** Temporal learns from a missing heartbeat that the worker is gone. */
const alive = async <A>(work: Promise<A>): Promise<A> => {
  const { heartbeat } = Context.current()
  const beat = setInterval(heartbeat, heartbeatEvery)
  try {
    return await work
  } finally {
    clearInterval(beat)
  }
}

export const executionActivities = (deps: RunStepDeps): ExecutionActivities => ({
  beginExecution: (executionId) => {
    const id = idOf(ExecutionId.decode(executionId))
    return alive(
      orFail(
        pipe(
          loadRun(deps.log)(id),
          TE.chainW((run) => tell(deps.log)(run)({ type: 'StartExecution' }, { key: [] })),
          TE.map(({ state }) => (state.status === 'unborn' ? [] : state.steps.map(({ step_id }) => step_id))),
        ),
      ),
    )
  },
  runStep: async (executionId, stepId) => {
    const result = await alive(runStepOf(deps)(idOf(ExecutionId.decode(executionId)), idOf(StepId.decode(stepId)))())
    if (E.isLeft(result) && result.left._tag === 'RetryLater')
      throw ApplicationFailure.create({
        type: 'RetryLater',
        message: result.left.code,
        nextRetryDelay: result.left.inMs,
      })
    return orFail(TE.fromEither(result))
  },
  completeExecution: (executionId) => {
    const id = idOf(ExecutionId.decode(executionId))
    return alive(
      orFail(
        pipe(
          loadRun(deps.log)(id),
          TE.chainW((run) => tell(deps.log)(run)({ type: 'CompleteExecution' }, { key: [] })),
          TE.map(() => undefined),
        ),
      ),
    )
  },
})
