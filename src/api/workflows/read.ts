import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { WorkflowId } from '../../domain/ids'
import { workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import { ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { Commanding } from '../deps'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'
import { shownWorkflow } from './shown'

export const readWorkflow = ({ on, store }: Pick<Commanding, 'on' | 'store'>) =>
  on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    handle: ({ req, caller }) =>
      pipe(
        TE.fromEither(idIn(req, WorkflowId)),
        TE.chainW((id) => owned(store)(workflowDefinition)(workflowDefinitionStream(id), caller.organization)),
        TE.map((told) => ok(shownWorkflow(told), told)),
      ),
  })
