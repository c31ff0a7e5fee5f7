import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { eventCodec, type EventOf } from '../codec'
import type { Aggregate } from '../decider'
import type { StreamName } from '../event-store'
import { ConnectionId, OrganizationId } from '../ids'
import { JsonObject } from '../json'
import { streamName } from '../position'

const ConnectionCreated = t.readonly(
  t.type({
    connection_id: ConnectionId,
    organization_id: OrganizationId,
    name: t.string,
    connection_type: t.string,
    personal: t.readonly(t.type({ config: JsonObject })),
  }),
)
const events = { ConnectionCreated }
export type ConnectionEvent = EventOf<typeof events>

export type CreateConnection = { readonly type: 'CreateConnection' } & t.TypeOf<typeof ConnectionCreated>
export type ConnectionRefusal = { readonly _tag: 'ConnectionAlreadyExists' }

/** How to reach a provider; the secret stands elsewhere, under the same id. */
export type Connection = {
  readonly status: 'active'
  readonly connectionId: ConnectionId
  readonly organizationId: OrganizationId
  readonly name: string
  readonly connectionType: string
  readonly config: JsonObject
}
export type ConnectionState = { readonly status: 'unknown' } | Connection

export const connectionCategory = 'connection'

export const connection: Aggregate<ConnectionState, CreateConnection, ConnectionEvent, ConnectionRefusal> = {
  category: connectionCategory,
  codec: eventCodec(events),
  initialState: { status: 'unknown' },
  evolve: (_, { data }) => ({
    status: 'active',
    connectionId: data.connection_id,
    organizationId: data.organization_id,
    name: data.name,
    connectionType: data.connection_type,
    config: data.personal.config,
  }),
  decide:
    ({ type: _, ...data }) =>
    (state) =>
      state.status === 'unknown'
        ? E.right([{ type: 'ConnectionCreated', data }])
        : E.left({ _tag: 'ConnectionAlreadyExists' }),
  isWhole: () => true,
}

export const connectionStream = (id: ConnectionId): StreamName => streamName(connectionCategory, id)
