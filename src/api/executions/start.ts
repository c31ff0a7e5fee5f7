import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as RA from 'fp-ts/ReadonlyArray'
import * as TE from 'fp-ts/TaskEither'
import { newEvents } from '../../domain/command-handler'
import { type CreateExecution, execution, executionStream } from '../../domain/execution'
import type { PlannedStep } from '../../domain/execution/plan'
import { unborn } from '../../domain/execution/state'
import { derivedId, EventId, ExecutionId, stepIdOf } from '../../domain/ids'
import type { CommandContext } from '../../domain/metadata'
import type { Node, Workflow } from '../../domain/workflow-definition'
import { isBlocking, kindOf, phaseOf } from '../../nodes/preflight'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import type { Told } from '../owned'
import { findingsFor, type Wanted } from './preflight'
import { firstResult, type Started } from './first-result'

type Log = Commanding['store']
type Starting = Pick<Commanding, 'store' | 'canMail' | 'checks' | 'probes'>

export type Wish = Wanted & {
  /** Refuses what cannot succeed, before anything is begun. */
  readonly checked: boolean
}

/** `workflow` is the definition that the run will keep to. */
type Start = Wish & {
  readonly executionId: ExecutionId
  readonly workflow: Told<Workflow>
  readonly context: CommandContext
}

const notActive = ({ workflow: { state } }: Start): ApiError => ({ _tag: 'WorkflowNotActive', status: state.status })

const canSucceed =
  (deps: Starting) =>
  ({ workflow, context, ...wish }: Start): TE.TaskEither<ApiError, void> =>
    pipe(
      findingsFor(deps, context.organization)(workflow.state.nodes, wish),
      TE.bimap((error): ApiError => error, RA.filter(isBlocking)),
      TE.chainW((issues) =>
        issues.length === 0 ? TE.right(undefined) : TE.left<ApiError>({ _tag: 'PreflightBlocked', issues }),
      ),
    )

export const plannedFor =
  (executionId: ExecutionId) =>
  (node: Node, index: number): PlannedStep => ({
    step_id: stepIdOf(executionId, node.node_id),
    node_id: node.node_id,
    position: index + 1,
    node_type: node.node_type,
    label: node.label,
    phase: phaseOf(node) ?? 'render',
    kind: kindOf(node) ?? 'delivery',
  })

const commandOf = ({ executionId, workflow, trigger, context, dryRun, untilPhase }: Start): CreateExecution => ({
  type: 'CreateExecution',
  execution_id: executionId,
  organization_id: context.organization,
  workflow_id: workflow.state.workflowId,
  workflow_name: workflow.state.name,
  workflow_version: workflow.state.version,
  workflow_revision: String(workflow.revision),
  trigger_type: workflow.state.nodes[0]?.node_type ?? 'manual',
  dry_run: dryRun,
  until_phase: untilPhase,
  retry_of: null,
  plan: workflow.state.nodes.map(plannedFor(executionId)),
  personal: { trigger_data: trigger },
})

/**
 * A stream that is not there needs no reading: the log itself says when it is. Event ids follow from the request too, not only from its key: of two
 * requests with one key at once, one finds the stream taken, and both get the answer of the one that was first.
 */
const append =
  (log: Log) =>
  (start: Start): TE.TaskEither<ApiError, Started> => {
    const stream = executionStream(start.executionId)
    const decided = execution.decide(commandOf(start))(unborn)
    const events = newEvents(
      execution.codec,
      start.context,
      stream,
    )(E.isRight(decided) ? decided.right : []).map((event) => ({
      ...event,
      id: derivedId(EventId, event.id, start.context.correlationId),
    }))
    if (!RA.isNonEmpty(events)) throw new Error('a new run begins with an event')
    const { executionId, context } = start
    return pipe(
      log.append(stream, 'no_stream', events),
      TE.map((at) => ({ executionId, correlationId: context.correlationId, ...at })),
      TE.orElse((error) =>
        error._tag === 'WrongExpectedRevision'
          ? begunBefore(log, start)({ _tag: 'ExecutionAlreadyExists' })
          : TE.left(error),
      ),
    )
  }

const begunBefore =
  (log: Log, { executionId, context }: Start) =>
  (otherwise: ApiError): TE.TaskEither<ApiError, Started> =>
    pipe(firstResult(log)(executionId, context), TE.chainW(TE.fromOption((): ApiError => otherwise)))

const begin =
  (deps: Starting) =>
  (start: Start): TE.TaskEither<ApiError, Started> =>
    pipe(
      start.checked ? canSucceed(deps)(start) : TE.right(undefined),
      TE.chain(() => append(deps.store)(start)),
    )

/** Whether a run that was begun before would succeed now is not asked. */
const beginChecked =
  (deps: Starting) =>
  (start: Start): TE.TaskEither<ApiError, Started> =>
    pipe(
      firstResult(deps.store)(start.executionId, start.context),
      TE.mapLeft((error): ApiError => error),
      TE.chain(O.match(() => begin(deps)(start), TE.right)),
    )

/** Starts a run: it is in the log when this answers, and its checks are its first part. A repeat gets the first answer, whatever has become of the workflow since. */
export const startExecution =
  (deps: Starting) =>
  (
    workflow: Told<Workflow>,
    wish: Wish,
    context: CommandContext,
    repeatable: boolean,
  ): TE.TaskEither<ApiError, Started> => {
    const start = { ...wish, executionId: derivedId(ExecutionId, context.commandId, 'execution'), workflow, context }
    if (workflow.state.status !== 'active')
      return repeatable ? begunBefore(deps.store, start)(notActive(start)) : TE.left(notActive(start))
    return (repeatable && wish.checked ? beginChecked : begin)(deps)(start)
  }
