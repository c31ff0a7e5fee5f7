import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../domain/command-handler'
import { exactObject, oneOf } from '../../domain/exact'
import { execution, executionStream } from '../../domain/execution'
import { ExecutionId } from '../../domain/ids'
import { done } from '../answer'
import { mayOperate } from '../auth/role'
import { jsonBody } from '../body/json'
import { contextOf } from '../command'
import type { Commanding } from '../deps'
import { headerOf } from '../context'
import type { ApiError } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'

const body = jsonBody(exactObject('Resume', { decision: oneOf('resend', 'assume_sent') }, {}))

/** A person says whether the delivery whose outcome was lost is to be sent again. */
export const resumeExecution = ({ on, store, keyed }: Commanding) =>
  on.route({
    roles: mayOperate,
    query: noQuery,
    body,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, ExecutionId>(idIn(call.req, ExecutionId)),
        TE.bindTo('id'),
        TE.chainFirstW(({ id }) => owned(store)(execution)(executionStream(id), call.caller.organization)),
        TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
        TE.bindW('context', () => TE.fromEither(contextOf(keyed, call))),
        TE.bindW('handled', ({ id, context, pinned }) =>
          commandHandler(store)(execution)(
            executionStream(id),
            { type: 'DecideOutcome', decision: call.body.decision },
            context,
            pinned,
          ),
        ),
        TE.map(({ id, handled }) => done({ id, execution_id: id, status: handled.state.status }, handled)),
      ),
  })
