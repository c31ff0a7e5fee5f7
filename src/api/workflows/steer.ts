import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../domain/command-handler'
import { WorkflowId } from '../../domain/ids'
import {
  type ActivateWorkflow,
  type ArchiveWorkflow,
  type Workflow,
  workflowDefinition,
  workflowDefinitionStream,
} from '../../domain/workflow-definition'
import { done } from '../answer'
import { mayAdminister } from '../auth/role'
import { noBody } from '../body/json'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import type { ApiError, WorkflowIncomplete } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'
import { complete } from './complete'

/** `isSeen`: nobody has moved it since the caller looked. */
type Steer = (workflow: Workflow, isSeen: boolean) => E.Either<WorkflowIncomplete, ActivateWorkflow | ArchiveWorkflow>

const steerWorkflow =
  (commandTo: Steer) =>
  ({ on, store, keyed }: Commanding) =>
    on.route({
      roles: mayAdminister,
      query: noQuery,
      body: noBody,
      handle: (call) =>
        pipe(
          TE.fromEither<ApiError, WorkflowId>(idIn(call.req, WorkflowId)),
          TE.bindTo('id'),
          TE.bindW('told', ({ id }) =>
            owned(store)(workflowDefinition)(workflowDefinitionStream(id), call.caller.organization),
          ),
          TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
          TE.bindW('context', () => contextOf(keyed, call)),
          TE.bindW('command', ({ told, pinned = told.revision }) =>
            TE.fromEither(commandTo(told.state, pinned === told.revision)),
          ),
          TE.bindW('handled', ({ id, command, context, pinned }) =>
            commandHandler(store)(workflowDefinition)(workflowDefinitionStream(id), command, context, pinned),
          ),
          TE.map(({ id, handled }) => done({ id, status: handled.state.status }, handled)),
        ),
    })

/** Runs of it may be started from now on: a draft has to be complete. */
export const activateWorkflow = steerWorkflow(({ status, nodes, version }, isSeen) =>
  pipe(
    status === 'draft' && isSeen ? complete(nodes) : E.right(undefined),
    E.map(() => ({ type: 'ActivateWorkflow', version })),
  ),
)
export const archiveWorkflow = steerWorkflow(() => E.right({ type: 'ArchiveWorkflow' }))
