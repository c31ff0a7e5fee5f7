import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { eventCodec, type EventOf } from './codec'
import type { Aggregate } from './decider'
import type { StreamName } from './event-store'
import { Fault } from './fault'
import { ConnectionId, OrganizationId } from './ids'
import { JsonObject } from './json'
import { streamName } from './position'

/** Why steps that use a connection fail until somebody does something about it. `since` is RFC 3339 UTC. */
export const Trouble = t.readonly(
  t.type({ status: t.keyof({ expired: null, error: null }), since: t.string, fault: Fault }),
  'Trouble',
)
export type Trouble = t.TypeOf<typeof Trouble>

const created = {
  connection_id: ConnectionId,
  organization_id: OrganizationId,
  name: t.string,
  connection_type: t.string,
  personal: t.readonly(t.type({ config: JsonObject })),
}
/** The whole connection, after the event: nothing before it has to be read. */
const Whole = t.readonly(
  t.type({
    ...created,
    /** From 1; a new configuration or another secret makes a new one. */
    version: t.number,
    trouble: t.union([Trouble, t.null]),
  }),
)

const events = {
  ConnectionCreated: t.readonly(t.type(created)),
  ConnectionUpdated: Whole,
  /** The secret stands elsewhere. */
  ConnectionSecretReplaced: Whole,
  ConnectionStatusChanged: Whole,
  ConnectionArchived: Whole,
}
export type ConnectionEvent = EventOf<typeof events>

export type CreateConnection = { readonly type: 'CreateConnection' } & t.TypeOf<typeof events.ConnectionCreated>
/** What is not given stays as it is. */
export type UpdateConnection = {
  readonly type: 'UpdateConnection'
  readonly name: string | undefined
  readonly config: JsonObject | undefined
  readonly replacesSecret: boolean
}
/** What came of using the connection as it was at `version`; of an older one it says nothing any more. */
export type ReportConnection = {
  readonly type: 'ReportConnection'
  readonly version: number
  /** Null: it works. */
  readonly fault: Fault | null
  /** RFC 3339 UTC. */
  readonly now: string
}
export type ArchiveConnection = { readonly type: 'ArchiveConnection' }
export type ConnectionCommand = CreateConnection | UpdateConnection | ReportConnection | ArchiveConnection

export type ConnectionRefusal =
  | { readonly _tag: 'ConnectionAlreadyExists' }
  | { readonly _tag: 'ConnectionNotFound' }
  | { readonly _tag: 'ConnectionArchivedAlready' }

export const connectionStatuses = ['active', 'expired', 'error', 'archived'] as const
export type ConnectionStatus = (typeof connectionStatuses)[number]

/** How to reach a provider; the secret stands elsewhere, under the same id. */
export type Connection = {
  readonly status: ConnectionStatus
  readonly connectionId: ConnectionId
  readonly organizationId: OrganizationId
  readonly name: string
  readonly connectionType: string
  readonly config: JsonObject
  readonly version: number
  readonly trouble: Trouble | undefined
}
export type ConnectionState = { readonly status: 'unknown' } | Connection

/** One that is archived is for runs and their checks as if it did not exist; one in trouble is tried. */
export const isUsable = (state: ConnectionState): state is Connection =>
  state.status !== 'unknown' && state.status !== 'archived'

const evolve = (_: ConnectionState, { type, data }: ConnectionEvent): Connection => {
  const trouble = type === 'ConnectionCreated' ? undefined : (data.trouble ?? undefined)
  return {
    status: type === 'ConnectionArchived' ? 'archived' : (trouble?.status ?? 'active'),
    connectionId: data.connection_id,
    organizationId: data.organization_id,
    name: data.name,
    connectionType: data.connection_type,
    config: data.personal.config,
    version: type === 'ConnectionCreated' ? 1 : data.version,
    trouble,
  }
}

type Events = ReadonlyArray<ConnectionEvent>

const wholeOf = (connection: Connection): t.TypeOf<typeof Whole> => ({
  connection_id: connection.connectionId,
  organization_id: connection.organizationId,
  name: connection.name,
  connection_type: connection.connectionType,
  personal: { config: connection.config },
  version: connection.version,
  trouble: connection.trouble ?? null,
})

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What was in trouble may be so no longer: the next use tells. */
const renewed = (connection: Connection): Connection => ({
  ...connection,
  version: connection.version + 1,
  trouble: undefined,
})

const update = (before: Connection, { name = before.name, config, replacesSecret }: UpdateConnection): Events => {
  const isOther = config !== undefined && !same(config, before.config)
  const updated = isOther ? renewed({ ...before, name, config }) : { ...before, name }
  const replaced = renewed(updated)
  return [
    ...(isOther || name !== before.name ? [{ type: 'ConnectionUpdated' as const, data: wholeOf(updated) }] : []),
    ...(replacesSecret ? [{ type: 'ConnectionSecretReplaced' as const, data: wholeOf(replaced) }] : []),
  ]
}

const expiries: ReadonlyArray<string> = ['permissions.token_expired', 'permissions.token_revoked']

const troubleOf = (fault: Fault, now: string): Trouble => ({
  status: expiries.includes(fault.code) ? 'expired' : 'error',
  since: now,
  fault,
})

/** Silent while it is the same as before: however often a connection is used, only changes are told. */
const report = (connection: Connection, { version, fault, now }: ReportConnection): Events =>
  version !== connection.version || fault?.code === connection.trouble?.fault.code
    ? []
    : [
        {
          type: 'ConnectionStatusChanged',
          data: { ...wholeOf(connection), trouble: fault === null ? null : troubleOf(fault, now) },
        },
      ]

const decideOn = (
  command: Exclude<ConnectionCommand, CreateConnection>,
  connection: Connection,
): E.Either<ConnectionRefusal, Events> => {
  const isArchived = connection.status === 'archived'
  switch (command.type) {
    case 'UpdateConnection':
      return isArchived ? E.left({ _tag: 'ConnectionArchivedAlready' }) : E.right(update(connection, command))
    case 'ReportConnection':
      return E.right(isArchived ? [] : report(connection, command))
    case 'ArchiveConnection':
      return E.right(isArchived ? [] : [{ type: 'ConnectionArchived', data: wholeOf(connection) }])
  }
}

const decide =
  (command: ConnectionCommand) =>
  (state: ConnectionState): E.Either<ConnectionRefusal, Events> => {
    if (command.type === 'CreateConnection') {
      const { type: _, ...data } = command
      return state.status === 'unknown'
        ? E.right([{ type: 'ConnectionCreated', data }])
        : E.left({ _tag: 'ConnectionAlreadyExists' })
    }
    return state.status === 'unknown' ? E.left({ _tag: 'ConnectionNotFound' }) : decideOn(command, state)
  }

export const connectionCategory = 'connection'

export const connection: Aggregate<ConnectionState, ConnectionCommand, ConnectionEvent, ConnectionRefusal> = {
  category: connectionCategory,
  codec: eventCodec(events),
  initialState: { status: 'unknown' },
  evolve,
  decide,
  isWhole: () => true,
}

export const connectionStream = (id: ConnectionId): StreamName => streamName(connectionCategory, id)
