import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../domain/command-handler'
import { WorkflowId } from '../../domain/ids'
import { workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import type { ActivateWorkflow, ArchiveWorkflow } from '../../domain/workflow-definition/commands'
import { done } from '../answer'
import { mayAdminister } from '../auth/role'
import { noBody } from '../body/json'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'

const steerWorkflow =
  (command: ActivateWorkflow | ArchiveWorkflow) =>
  ({ on, store, keyed }: Commanding) =>
    on.route({
      roles: mayAdminister,
      query: noQuery,
      body: noBody,
      handle: (call) =>
        pipe(
          TE.fromEither<ApiError, WorkflowId>(idIn(call.req, WorkflowId)),
          TE.bindTo('id'),
          TE.chainFirstW(({ id }) =>
            owned(store)(workflowDefinition)(workflowDefinitionStream(id), call.caller.organization),
          ),
          TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
          TE.bindW('context', () => contextOf(keyed, call)),
          TE.bindW('handled', ({ id, context, pinned }) =>
            commandHandler(store)(workflowDefinition)(workflowDefinitionStream(id), command, context, pinned),
          ),
          TE.map(({ id, handled }) => done({ id, status: handled.state.status }, handled)),
        ),
    })

export const activateWorkflow = steerWorkflow({ type: 'ActivateWorkflow' })
export const archiveWorkflow = steerWorkflow({ type: 'ArchiveWorkflow' })
