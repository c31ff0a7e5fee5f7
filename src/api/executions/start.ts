import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../domain/command-handler'
import { execution, executionStream } from '../../domain/execution'
import type { CreateExecution } from '../../domain/execution/commands'
import type { PlannedStep } from '../../domain/execution/plan'
import { derivedId, ExecutionId, stepIdOf } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { LoadError } from '../../domain/load'
import type { CommandContext } from '../../domain/metadata'
import type { Node } from '../../domain/workflow-definition/node'
import type { Workflow } from '../../domain/workflow-definition/state'
import { isBlocking, phaseOf, preflight } from '../../nodes/preflight'
import type { Commanding } from '../deps'
import type { ApiError, PreflightBlocked } from '../error'
import type { Told } from '../owned'
import { factsFor } from './facts'
import { firstResult, type Started } from './first-result'

type Log = Commanding['store']

/** `workflow` is the definition that the run will keep to. */
type Start = {
  readonly executionId: ExecutionId
  readonly workflow: Told<Workflow>
  readonly trigger: JsonObject
  readonly context: CommandContext
}

const isActive = ({ workflow: { state } }: Start): TE.TaskEither<ApiError, void> =>
  state.status === 'active' ? TE.right(undefined) : TE.left({ _tag: 'WorkflowNotActive', status: state.status })

const canSucceed =
  (log: Log) =>
  ({ workflow, trigger, context }: Start): TE.TaskEither<LoadError | PreflightBlocked, void> =>
    pipe(
      factsFor(log, context.organization)(workflow.state.nodes, trigger),
      TE.map((facts) => preflight(workflow.state.nodes, facts).filter(isBlocking)),
      TE.chainW((issues) =>
        issues.length === 0 ? TE.right(undefined) : TE.left<PreflightBlocked>({ _tag: 'PreflightBlocked', issues }),
      ),
    )

const planned =
  (executionId: ExecutionId) =>
  (node: Node, index: number): PlannedStep => ({
    step_id: stepIdOf(executionId, node.node_id),
    node_id: node.node_id,
    position: index + 1,
    node_type: node.node_type,
    label: node.label,
    phase: phaseOf(node) ?? 'render',
  })

const commandOf = ({ executionId, workflow: { state, revision }, trigger, context }: Start): CreateExecution => ({
  type: 'CreateExecution',
  execution_id: executionId,
  organization_id: context.organization,
  workflow_id: state.workflowId,
  workflow_name: state.name,
  workflow_version: state.version,
  workflow_revision: String(revision),
  trigger_type: state.nodes[0]?.node_type ?? 'manual',
  plan: state.nodes.map(planned(executionId)),
  personal: { trigger_data: trigger },
})

const begun =
  ({ executionId, context: { correlationId } }: Start) =>
  ({ revision, position }: Pick<Started, 'revision' | 'position'>): Started => ({
    executionId,
    correlationId,
    revision,
    position,
  })

const begin =
  (log: Log) =>
  (start: Start): TE.TaskEither<ApiError, Started> =>
    pipe(
      isActive(start),
      TE.chainW(() => canSucceed(log)(start)),
      TE.chainW(() =>
        commandHandler(log)(execution)(executionStream(start.executionId), commandOf(start), start.context),
      ),
      TE.map(begun(start)),
    )

/**
 * The answer of a command that may come again is what the log says of the run's beginning: a repeat gets the first answer, whatever has become of
 * the workflow since, and of two at once both get that of the one that was first: the store takes the same events given twice for one append, so its
 * answer does not tell them apart.
 */
const beginOnce =
  (log: Log) =>
  (start: Start): TE.TaskEither<ApiError, Started> => {
    const known: TE.TaskEither<ApiError, O.Option<Started>> = firstResult(log)(start.executionId, start.context)
    return pipe(
      known,
      TE.chain(
        O.match(
          () =>
            pipe(
              begin(log)(start),
              TE.chain((answer) => pipe(known, TE.map(O.getOrElse(() => answer)))),
            ),
          (first) => TE.right(first),
        ),
      ),
    )
  }

/** Starts a run; one that cannot succeed does not begin, and nothing is written. */
export const startExecution =
  (log: Log) =>
  (
    workflow: Told<Workflow>,
    trigger: JsonObject,
    context: CommandContext,
    repeatable: boolean,
  ): TE.TaskEither<ApiError, Started> => {
    const executionId = derivedId(ExecutionId, context.commandId, 'execution')
    return (repeatable ? beginOnce : begin)(log)({ executionId, workflow, trigger, context })
  }
