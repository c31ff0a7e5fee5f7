import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled } from '../../domain/command-handler'
import { derivedId, WorkflowId } from '../../domain/ids'
import type { CommandContext } from '../../domain/metadata'
import {
  type Workflow,
  workflowDefinition,
  type WorkflowDefinitionState,
  workflowDefinitionStream,
} from '../../domain/workflow-definition'
import { created, done } from '../answer'
import { mayAdminister } from '../auth/role'
import type { Keyed } from '../canonical'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import { type ApiError, notFound } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'
import { hasWebhook, newWorkflowBody, nodesOf, tokenHash, workflowRevisionBody } from './body'
import { complete } from './complete'
import { shownDefinition, webhookPath } from './shown'

const defined = ({ state }: Handled<WorkflowDefinitionState>): TE.TaskEither<ApiError, Workflow> =>
  state.status === 'unknown' ? TE.left(notFound) : TE.right(state)

/** The webhook's address, when this very command made its token: shown now and at a repeat of the command, and never again. */
const webhookShown = ({ webhookToken }: Keyed, { commandId }: CommandContext, workflow: Workflow) => {
  const token = webhookToken(commandId)
  return workflow.webhookTokenSha256 === tokenHash(token)
    ? { webhook_url: webhookPath(workflow.workflowId, token) }
    : {}
}

const tokenFor = ({ webhookToken }: Keyed, { commandId }: CommandContext, needed: boolean): string | undefined =>
  needed ? tokenHash(webhookToken(commandId)) : undefined

export const defineWorkflow = ({ on, store, keyed }: Commanding) =>
  on.route({
    roles: mayAdminister,
    query: noQuery,
    body: newWorkflowBody,
    handle: (call) =>
      pipe(
        contextOf(keyed, call),
        TE.bindTo('context'),
        TE.bindW('nodes', ({ context }) => TE.fromEither(nodesOf(call.body, context.commandId))),
        TE.bindW('handled', ({ context, nodes }) => {
          const workflow_id = derivedId(WorkflowId, context.commandId, 'workflow')
          return commandHandler(store)(workflowDefinition)(
            workflowDefinitionStream(workflow_id),
            {
              type: 'DefineWorkflow',
              workflow_id,
              organization_id: context.organization,
              name: call.body.name,
              nodes,
              webhook_token_sha256: tokenFor(keyed, context, hasWebhook(nodes)),
            },
            context,
          )
        }),
        TE.bindW('workflow', ({ handled }) => defined(handled)),
        TE.map(({ context, handled, workflow }) =>
          created(
            { ...shownDefinition(workflow), ...webhookShown(keyed, context, workflow) },
            handled,
            `/api/v1/workflows/${workflow.workflowId}`,
          ),
        ),
      ),
  })

/** A new version of a workflow that the sender has read: runs under way keep theirs. One that is active stays complete. */
export const reviseWorkflow = ({ on, store, keyed }: Commanding) =>
  on.route({
    roles: mayAdminister,
    query: noQuery,
    body: workflowRevisionBody,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, WorkflowId>(idIn(call.req, WorkflowId)),
        TE.bindTo('id'),
        TE.bindW('told', ({ id }) =>
          owned(store)(workflowDefinition)(workflowDefinitionStream(id), call.caller.organization),
        ),
        TE.chainFirstW(() =>
          headerOf(call.req, 'if-match') === undefined
            ? TE.left<ApiError>({ _tag: 'PreconditionRequired' })
            : TE.right(undefined),
        ),
        TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
        TE.bindW('context', () => contextOf(keyed, call)),
        TE.bindW('nodes', ({ context }) => TE.fromEither(nodesOf(call.body, context.commandId))),
        TE.chainFirstEitherKW(({ told: { state, revision }, nodes, pinned }) =>
          state.status === 'active' && pinned === revision ? complete(nodes) : E.right(undefined),
        ),
        TE.bindW('handled', ({ id, context, nodes, pinned }) =>
          commandHandler(store)(workflowDefinition)(
            workflowDefinitionStream(id),
            {
              type: 'ReviseWorkflow',
              name: call.body.name,
              nodes,
              webhook_token_sha256: tokenFor(keyed, context, hasWebhook(nodes)),
            },
            context,
            pinned,
          ),
        ),
        TE.bindW('workflow', ({ handled }) => defined(handled)),
        TE.map(({ context, handled, workflow }) =>
          done({ ...shownDefinition(workflow), ...webhookShown(keyed, context, workflow) }, handled),
        ),
      ),
  })
