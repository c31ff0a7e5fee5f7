import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled } from '../../domain/command-handler'
import { type Connection, connection, type ConnectionState, connectionStream } from '../../domain/connection'
import type { Revision } from '../../domain/event-store'
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
import { owned, type Told } from '../owned'
import { noQuery } from '../query'
import { checkChange, type CheckedChange, connectionChange } from './body'
import { shownState } from './shown'

type Deps = Commanding & { readonly secrets: Pick<SecretStore, 'get' | 'put'> }

const secretNeeded = badRequest({ pointer: '/secret', problem: 'must be given again: it would go to another server' })

/** That which the caller has seen, and which is judged here: the command is carried out at no other. */
const revisionToChange = ({ revision }: Told<Connection>, ifMatch: string | undefined): E.Either<ApiError, Revision> =>
  pipe(
    pinnedRevision(ifMatch),
    E.map((pinned) => pinned ?? revision),
    E.filterOrElseW(
      (pinned) => pinned <= revision,
      (): ApiError => ({ _tag: 'RevisionMoved', actual: revision }),
    ),
  )

/**
 * A secret that is kept does not go anywhere but where whoever gave it sent it. Of an older revision the command itself says whether it was given before,
 * or comes too late.
 */
const secretStays = (
  secrets: Pick<SecretStore, 'get'>,
  { state, revision }: Told<Connection>,
  pinned: Revision,
  { config, secret }: CheckedChange,
): TE.TaskEither<ApiError, void> => {
  if (pinned < revision || config === undefined || secret !== undefined) return TE.right(undefined)
  if (connectionTypeOf(state.connectionType)?.hasOtherRecipient(state.config, config) !== true)
    return TE.right(undefined)
  return pipe(
    secrets.get(state.organizationId, state.connectionId),
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
        TE.bindW('pinned', ({ told }) => TE.fromEither(revisionToChange(told, headerOf(call.req, 'if-match')))),
        TE.bindW('change', ({ told }) => TE.fromEither(checkChange(told.state.connectionType, call.body))),
        TE.chainFirstW(({ told, pinned, change }) => secretStays(secrets, told, pinned, change)),
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
