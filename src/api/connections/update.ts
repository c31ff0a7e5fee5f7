import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled } from '../../domain/command-handler'
import { type Connection, connection, type ConnectionState, connectionStream } from '../../domain/connection'
import { ConnectionId } from '../../domain/ids'
import { connectionTypeOf } from '../../nodes/connections/registry'
import type { SecretStore } from '../../stores/secrets/secret-store'
import { done } from '../answer'
import { mayAdminister } from '../auth/role'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import { type ApiError, badRequest, notFound } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'
import { checkChange, type CheckedChange, connectionChange } from './body'
import { shownState } from './shown'

type Deps = Commanding & { readonly secrets: Pick<SecretStore, 'get' | 'put'> }

const secretNeeded = badRequest({ pointer: '/secret', problem: 'must be given again: it would go to another server' })

/** A secret that is kept does not go anywhere but where whoever gave it sent it. */
const secretStays = (
  secrets: Pick<SecretStore, 'get'>,
  { connectionType, config: before, organizationId, connectionId }: Connection,
  { config: after, secret }: CheckedChange,
): TE.TaskEither<ApiError, void> => {
  const isElsewhere = after !== undefined && connectionTypeOf(connectionType)?.hasOtherRecipient(before, after)
  if (isElsewhere !== true || secret !== undefined) return TE.right(undefined)
  return pipe(
    secrets.get(organizationId, connectionId),
    TE.chainEitherKW((kept) =>
      E.isRight(kept) && kept.right === undefined ? E.right(undefined) : E.left(secretNeeded),
    ),
  )
}

const changed = ({ state }: Handled<ConnectionState>): E.Either<ApiError, Connection> =>
  state.status === 'unknown' ? E.left(notFound) : E.right(state)

/**
 * What is given replaces what was: name, configuration, secret. As with a new connection the secret is stored after its event, and counts for that
 * event's revision: the last one announced stays, in whatever order they arrive.
 */
export const updateConnection = ({ on, store, keyed, secrets }: Deps) =>
  on.route({
    roles: mayAdminister,
    query: noQuery,
    body: connectionChange,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, ConnectionId>(idIn(call.req, ConnectionId)),
        TE.bindTo('id'),
        TE.bindW('told', ({ id }) => owned(store)(connection)(connectionStream(id), call.caller.organization)),
        TE.chainFirstW(() =>
          headerOf(call.req, 'if-match') === undefined
            ? TE.left<ApiError>({ _tag: 'PreconditionRequired' })
            : TE.right(undefined),
        ),
        TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
        TE.bindW('change', ({ told }) => TE.fromEither(checkChange(told.state.connectionType, call.body))),
        TE.chainFirstW(({ told, change }) => secretStays(secrets, told.state, change)),
        TE.bindW('context', () => contextOf(keyed, call)),
        TE.bindW('handled', ({ id, change: { name, config, secret }, context, pinned }) =>
          commandHandler(store)(connection)(
            connectionStream(id),
            { type: 'UpdateConnection', name, config, replacesSecret: secret !== undefined },
            context,
            pinned,
          ),
        ),
        TE.chainFirstW(({ id, change: { secret }, context, handled }) =>
          secret === undefined ? TE.right(undefined) : secrets.put(context.organization, id, secret, handled.revision),
        ),
        TE.bindW('state', ({ handled }) => TE.fromEither(changed(handled))),
        TE.map(({ state, handled }) => done(shownState(call, state), handled)),
      ),
  })
