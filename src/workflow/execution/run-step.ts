import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { stepOf } from '../../domain/execution/state'
import type { ExecutionId, StepId } from '../../domain/ids'
import type { Failure, StepOutcome } from './after-stop'
import { attempt, type Attempting, type RunnableType } from './attempt'
import { loadRun, settled } from './load-run'
import { internal, unavailable } from './step-faults'
import { stepNode } from './step-node'

export type RunStepDeps = Attempting & { readonly nodeType: (name: string) => RunnableType | undefined }

const unknownType = (name: string): RunnableType => {
  const tech = `no node type ${name} in this version`
  return {
    attempts: 1,
    timeoutMs: 1_000,
    input: (_, { step }) => E.left(internal(step, tech)),
    execute: (_, { step }) => TE.left(internal(step, tech)),
  }
}

/** One attempt at a step. What was done before, by this worker or another, is not done again. */
export const runStep =
  (deps: RunStepDeps) =>
  (id: ExecutionId, stepId: StepId): TE.TaskEither<Failure, StepOutcome> =>
    pipe(
      loadRun(deps.log)(id),
      TE.chainW((run): TE.TaskEither<Failure, StepOutcome> => {
        const step = stepOf(run.state, stepId)
        if (step === undefined) return TE.left({ _tag: 'StepNotPlanned' })
        const already = settled(run.state, step)
        if (already !== undefined) return TE.of(already)
        return pipe(
          stepNode(deps.log)(run.state, step),
          TE.mapLeft((error): Failure => unavailable(error)),
          TE.chain(({ node_type, config }) =>
            attempt(deps, deps.nodeType(node_type) ?? unknownType(node_type), config, run, step),
          ),
        )
      }),
    )
