import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled } from '../../domain/command-handler'
import { connection, type ConnectionState, connectionStream } from '../../domain/connection'
import { ConnectionId, derivedId } from '../../domain/ids'
import type { CommandContext } from '../../domain/metadata'
import type { SecretStore } from '../../stores/secrets/secret-store'
import { created } from '../answer'
import { contextOf } from '../command'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { noQuery } from '../query'
import { mayAdminister } from '../auth/role'
import { type CheckedConnection, checkConnection, connectionBody } from './body'

type Deps = Commanding & { readonly secrets: Pick<SecretStore, 'put'> }

type Carried = { readonly id: ConnectionId; readonly handled: Handled<ConnectionState> }

/**
 * The secret is stored after the event, and counts for its revision: a repeat of the command, known to carry the same secret, makes good what a crash
 * left out, and brings nothing back that was replaced since.
 */
const carryOut =
  ({ store, secrets }: Deps) =>
  (
    { secret, name, connection_type, config }: CheckedConnection,
    context: CommandContext,
  ): TE.TaskEither<ApiError, Carried> => {
    const { organization: organization_id, commandId } = context
    const connection_id = derivedId(ConnectionId, commandId, 'connection')
    const command = {
      type: 'CreateConnection',
      connection_id,
      organization_id,
      name,
      connection_type,
      personal: { config },
    } as const
    return pipe(
      commandHandler(store)(connection)(connectionStream(connection_id), command, context),
      TE.chainFirstW((handled) =>
        secret === undefined
          ? TE.right(undefined)
          : secrets.put(organization_id, connection_id, secret, handled.revision),
      ),
      TE.map((handled) => ({ id: connection_id, handled })),
    )
  }

export const createConnection = (deps: Deps) =>
  deps.on.route({
    roles: mayAdminister,
    query: noQuery,
    body: connectionBody,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, CheckedConnection>(checkConnection(call.body)),
        TE.bindTo('checked'),
        TE.bindW('context', () => contextOf(deps.keyed, call)),
        TE.bindW('carried', ({ checked, context }) => carryOut(deps)(checked, context)),
        TE.map(({ checked, carried: { id, handled } }) =>
          created(
            { id, name: checked.name, type: checked.connection_type, status: 'active', config: checked.config },
            handled,
            `/api/v1/connections/${id}`,
          ),
        ),
      ),
  })
