import { timingSafeEqual } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { WorkflowId } from '../../domain/ids'
import { hasMoreValues, JsonObject } from '../../domain/json'
import { load } from '../../domain/load'
import type { Actor } from '../../domain/metadata'
import { type Workflow, workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import { webhookMapped, webhookTriggerData } from '../../nodes/preflight'
import { done } from '../answer'
import { ignoreBody, jsonBody } from '../body/json'
import { othersTurn } from '../body/others-turn'
import { mostValues } from '../body/values'
import { commandContext, isRepeatable } from '../context'
import type { Commanding } from '../deps'
import { type ApiError, notFound } from '../error'
import { shownStart } from '../executions/create'
import { startExecution } from '../executions/start'
import type { OpenCall } from '../on'
import { type Told, toldOf } from '../owned'
import { noQuery } from '../query'
import { hasWebhook, tokenHash } from '../workflows/body'

const noToken = tokenHash('')

const opens = (workflow: Workflow | undefined, token: string): workflow is Workflow =>
  timingSafeEqual(Buffer.from(tokenHash(token)), Buffer.from(workflow?.webhookTokenSha256 ?? noToken)) &&
  workflow?.webhookTokenSha256 !== undefined &&
  hasWebhook(workflow.nodes)

/** The workflow whose webhook this token opens; whatever does not fit, there is nothing here. */
const addressed =
  (store: Commanding['store']) =>
  ({ params }: OpenCall['req']): TE.TaskEither<ApiError, Told<Workflow>> => {
    const token = params['token']
    return pipe(
      TE.fromEither<ApiError, WorkflowId>(
        pipe(
          WorkflowId.decode(params['workflow_id']),
          E.mapLeft(() => notFound),
        ),
      ),
      TE.chainW((id) => load(store)(workflowDefinition)(workflowDefinitionStream(id))),
      TE.chainW(({ state, history }) => {
        const workflow = state.status === 'unknown' ? undefined : state
        return TE.fromNullable<ApiError>(notFound)(
          opens(workflow, typeof token === 'string' ? token : '') ? toldOf(workflow, history) : undefined,
        )
      }),
    )
  }

const keyHeaders = ['Idempotency-Key', 'webhook-id']

const body = jsonBody(JsonObject)

/** What is mapped counts again: a large part may be mapped to many fields. */
const dataFor = ({ nodes }: Workflow, body: JsonObject): E.Either<ApiError, JsonObject> => {
  const config = nodes[0]?.config ?? {}
  return hasMoreValues([body, ...webhookMapped(config, body)], mostValues)
    ? E.left({ _tag: 'TooManyValues', limit: mostValues })
    : E.right(webhookTriggerData(config, body))
}

/** Another system starts a run; the address is all it needs to know. */
export const receiveWebhook = ({ on, store, keyed, canMail, checks, probes }: Commanding) =>
  on.openRoute({
    query: noQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        addressed(store)(call.req),
        TE.bindTo('workflow'),
        TE.bindW('body', () => body(call.req)),
        TE.bindW('context', ({ workflow: { state }, body }) => {
          const actor: Actor = { type: 'webhook', id: state.workflowId }
          const said = keyed.hashOfRequest('POST', `/webhooks/${state.workflowId}`, body)
          return TE.fromEither(
            commandContext(
              call.req,
              call,
              { actor, organization: state.organizationId, source: state.workflowId },
              said,
              keyHeaders,
            ),
          )
        }),
        TE.chainFirstW(() => TE.fromTask(othersTurn)),
        TE.bindW('trigger', ({ workflow, body }) => TE.fromEither(dataFor(workflow.state, body))),
        TE.chainW(({ workflow, trigger, context }) =>
          startExecution({ store, canMail, checks, probes })(
            workflow,
            { trigger, dryRun: false, untilPhase: null, checked: false },
            context,
            isRepeatable(call.req, keyHeaders),
          ),
        ),
        TE.map((started) => done(shownStart(started), started, 202)),
      ),
  })
