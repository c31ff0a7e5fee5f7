import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Connection, connection, connectionStream, isUsable } from './connection'
import type { Aggregate } from './decider'
import type { DomainEvent } from './domain-event'
import type { EventStore, Revision, StreamName } from './event-store'
import type { ConnectionId, OrganizationId } from './ids'
import { load, type Loaded, type LoadError } from './load'

type Log = Pick<EventStore, 'readStream'>

/** What is there, as it is. */
export type Of<State> = Extract<State, { readonly organizationId: OrganizationId }>

const belongsTo = <State extends object>(state: State, organization: OrganizationId): state is Of<State> =>
  'organizationId' in state && state.organizationId === organization

/** The organization's own, up to `upTo` when given; another's is undefined, like one that was never written. */
export const loadOwned =
  (store: Log) =>
  <State extends object, Command, Event extends DomainEvent, Refusal>(
    aggregate: Aggregate<State, Command, Event, Refusal>,
  ) =>
  (
    stream: StreamName,
    organization: OrganizationId,
    upTo?: Revision,
  ): TE.TaskEither<LoadError, Loaded<Of<State>> | undefined> =>
    pipe(
      load(store)(aggregate)(stream, upTo),
      TE.map(({ state, ...loaded }) => (belongsTo(state, organization) ? { ...loaded, state } : undefined)),
    )

/** The organization's own connection, as runs and their checks know it: one that is archived is not there. */
export const loadConnection =
  (store: Log) =>
  (id: ConnectionId, organization: OrganizationId): TE.TaskEither<LoadError, Connection | undefined> =>
    pipe(
      loadOwned(store)(connection)(connectionStream(id), organization),
      TE.map((found) => (found !== undefined && isUsable(found.state) ? found.state : undefined)),
    )
