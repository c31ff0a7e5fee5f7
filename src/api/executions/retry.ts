import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import { exactObject, truth, wholeNumber } from '../../domain/exact'
import { execution } from '../../domain/execution'
import { createRetry } from '../../domain/execution/create-retry'
import type { RetryExecution } from '../../domain/execution/lifecycle'
import { retryIdOf } from '../../domain/execution/retry'
import type { Execution } from '../../domain/execution/state'
import { JsonObject } from '../../domain/json'
import { loadOwned } from '../../domain/owned'
import { template, templateStream } from '../../domain/template'
import { type Workflow, workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import { needsOf } from '../../nodes/preflight'
import { created } from '../answer'
import { optionalBody } from '../body/json'
import type { Commanding } from '../deps'
import { type ApiError, badRequest } from '../error'
import { owned, type Told } from '../owned'
import { steerExecution } from './control'
import { nodesOfRun } from './nodes-of-run'
import { plannedFor } from './start'

const Retry = exactObject(
  'Retry',
  {},
  { trigger_data: JsonObject, from_step: wholeNumber(1, 50), repeat_effects: truth },
)
type Retry = t.TypeOf<typeof Retry>

const body = optionalBody(Retry)

const commandOf = (
  run: Execution,
  { state, revision }: Told<Workflow>,
  { trigger_data, from_step = 1, repeat_effects }: Retry,
  now: string,
): RetryExecution => {
  const execution_id = retryIdOf(run.executionId)
  const isSame = trigger_data === undefined || isDeepStrictEqual(trigger_data, run.triggerData)
  return {
    type: 'RetryExecution',
    now,
    execution_id,
    from_step,
    repeat_effects: repeat_effects ?? null,
    workflow_version: state.version,
    workflow_revision: String(revision),
    workflow_name: state.name,
    plan: state.nodes.map(plannedFor(execution_id)),
    personal: { trigger_data: isSame ? null : trigger_data },
  }
}

type Store = Commanding['store']

/** Templates of the steps before that have another version now. */
const changedTemplates = (
  store: Store,
  run: Execution,
  before: number,
): TE.TaskEither<ApiError, ReadonlyArray<string>> =>
  pipe(
    nodesOfRun(store)(run),
    TE.map((nodes) => needsOf(nodes.slice(0, before)).templates),
    TE.chainW(
      TE.traverseArray((id) =>
        pipe(
          loadOwned(store)(template)(templateStream(id), run.organizationId),
          TE.map((found) => (found?.state.latest.version === run.preflight.templates[id] ? [] : [`template ${id}`])),
        ),
      ),
    ),
    TE.map((changed) => changed.flat()),
  )

/** Steps are reused only while all that their outputs rest on is as it was. */
const reusable = (
  store: Store,
  run: Execution,
  { from_step, ...retry }: RetryExecution,
): TE.TaskEither<ApiError, void> =>
  from_step === 1
    ? TE.right(undefined)
    : pipe(
        changedTemplates(store, run, from_step - 1),
        TE.map((templates) => [
          ...(retry.workflow_version === run.workflowVersion ? [] : ['workflow_version']),
          ...(retry.personal.trigger_data === null ? [] : ['trigger_data']),
          ...templates,
        ]),
        TE.chain((changed) =>
          changed.length === 0 ? TE.right(undefined) : TE.left({ _tag: 'RetryNotPossible', changed }),
        ),
      )

/** What the run itself refuses comes first; one that is retried already is not looked at again. */
const possible = (store: Store, run: Execution, { status }: Workflow, command: RetryExecution) =>
  pipe(
    TE.fromEither<ApiError, ReadonlyArray<unknown>>(execution.decide(command)(run)),
    TE.chain((events) => {
      if (events.length === 0) return TE.right(undefined)
      if (status !== 'active') return TE.left<ApiError>({ _tag: 'WorkflowNotActive', status })
      return reusable(store, run, command)
    }),
    TE.map(() => command),
  )

const isStep = ({ steps }: Execution, { from_step = 1 }: Retry): E.Either<ApiError, void> =>
  from_step <= steps.length
    ? E.right(undefined)
    : E.left(badRequest({ pointer: '/from_step', problem: `must be the position of a step, at most ${steps.length}` }))

/** A new run goes on where this one ended, with the outputs of the steps before `from_step`; what was sent is not sent again. */
export const retryExecution = (deps: Commanding) =>
  steerExecution(deps, {
    control: 'retry',
    body,
    command: ({ body }, run, now) =>
      pipe(
        TE.fromEither(isStep(run, body)),
        TE.chainW(() =>
          owned(deps.store)(workflowDefinition)(workflowDefinitionStream(run.workflowId), run.organizationId),
        ),
        TE.chain((workflow) => possible(deps.store, run, workflow.state, commandOf(run, workflow, body, now))),
      ),
    answer: ({ id }) =>
      pipe(
        createRetry(deps.store)(id),
        TE.chainW(TE.fromNullable<ApiError>({ _tag: 'Unexpected' })),
        TE.map(({ executionId, correlationId, ...at }) =>
          created(
            {
              id: executionId,
              execution_id: executionId,
              status: 'queued',
              retry_of: id,
              correlation_id: correlationId,
            },
            at,
            `/api/v1/executions/${executionId}`,
          ),
        ),
      ),
  })
