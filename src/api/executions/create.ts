import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { exactObject, oneOf, truth } from '../../domain/exact'
import { phases } from '../../domain/execution/plan'
import { WorkflowId } from '../../domain/ids'
import { JsonObject } from '../../domain/json'
import { workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import { created } from '../answer'
import { mayOperate } from '../auth/role'
import { jsonBody } from '../body/json'
import { contextOf } from '../command'
import { isRepeatable } from '../context'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { idIn } from '../id'
import { owned } from '../owned'
import { flagParameter, query } from '../query'
import type { Started } from './first-result'
import { startExecution } from './start'

const body = jsonBody(
  exactObject('Start', { trigger_data: JsonObject }, { dry_run: truth, until_phase: oneOf(...phases) }),
)

const startQuery = query({ preflight: flagParameter })

export const shownStart = ({ executionId, correlationId }: Started) => ({
  id: executionId,
  execution_id: executionId,
  status: 'queued',
  correlation_id: correlationId,
})

export const createExecution = ({ on, store, keyed, canMail, checks, probes }: Commanding) =>
  on.route({
    roles: mayOperate,
    query: startQuery,
    body,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, WorkflowId>(idIn(call.req, WorkflowId)),
        TE.bindTo('id'),
        TE.bindW('workflow', ({ id }) =>
          owned(store)(workflowDefinition)(workflowDefinitionStream(id), call.caller.organization),
        ),
        TE.bindW('context', () => TE.fromEither(contextOf(keyed, call))),
        TE.chainW(({ workflow, context }) =>
          startExecution({ store, canMail, checks, probes })(
            workflow,
            {
              trigger: call.body.trigger_data,
              dryRun: call.body.dry_run ?? false,
              untilPhase: call.body.until_phase ?? null,
              checked: call.query.preflight ?? false,
            },
            context,
            isRepeatable(call.req),
          ),
        ),
        TE.map((started) => created(shownStart(started), started, `/api/v1/executions/${started.executionId}`)),
      ),
  })
