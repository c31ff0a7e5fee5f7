import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Connection, connection, connectionStream } from '../../domain/connection/connection'
import { ConnectionId, type OrganizationId } from '../../domain/ids'
import type { LoadError } from '../../domain/load'
import { ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { Commanding } from '../deps'
import type { NotFound } from '../error'
import { idIn } from '../id'
import { owned, type Reading, type Told } from '../owned'
import { noQuery } from '../query'

export const findConnection =
  (store: Reading) =>
  (id: ConnectionId, organization: OrganizationId): TE.TaskEither<LoadError | NotFound, Told<Connection>> =>
    owned(store)(connection)(connectionStream(id), organization)

const shown = ({ state, createdAt, updatedAt, revision }: Told<Connection>) => ({
  id: state.connectionId,
  name: state.name,
  type: state.connectionType,
  status: state.status,
  config: state.config,
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
  revision: Number(revision),
})

export const readConnection = ({ on, store }: Pick<Commanding, 'on' | 'store'>) =>
  on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    handle: ({ req, caller }) =>
      pipe(
        TE.fromEither(idIn(req, ConnectionId)),
        TE.chainW((id) => findConnection(store)(id, caller.organization)),
        TE.map((told) => ok(shown(told), told)),
      ),
  })
