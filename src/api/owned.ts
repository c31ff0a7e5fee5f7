import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Aggregate } from '../domain/decider'
import type { DomainEvent } from '../domain/domain-event'
import type { EventStore, Position, Revision, StreamName } from '../domain/event-store'
import type { OrganizationId } from '../domain/ids'
import type { LoadError, Trace } from '../domain/load'
import { loadOwned, type Of } from '../domain/owned'
import { type NotFound, notFound } from './error'

export type Reading = Pick<EventStore, 'readStream'>

/** An aggregate as the log tells it now. */
export type Told<State> = {
  readonly state: State
  readonly revision: Revision
  readonly position: Position
  /** Undefined when its first event was not needed. */
  readonly createdAt: Date | undefined
  readonly updatedAt: Date
}

/** Undefined when nothing was written yet. */
export const toldOf = <State>(state: State, history: ReadonlyArray<Trace>): Told<State> | undefined => {
  const [first] = history
  const last = history.at(-1)
  if (first === undefined || last === undefined) return undefined
  const createdAt = first.revision === 0n ? first.created : undefined
  return { state, revision: last.revision, position: last.position, createdAt, updatedAt: last.created }
}

/** The organization's own; another's is not found, like one that does not exist. */
export const owned =
  (store: Reading) =>
  <State extends object, Command, Event extends DomainEvent, Refusal>(
    aggregate: Aggregate<State, Command, Event, Refusal>,
  ) =>
  (stream: StreamName, organization: OrganizationId): TE.TaskEither<LoadError | NotFound, Told<Of<State>>> =>
    pipe(
      loadOwned(store)(aggregate)(stream, organization),
      TE.chainW((found) =>
        TE.fromNullable<NotFound>(notFound)(found === undefined ? undefined : toldOf(found.state, found.history)),
      ),
    )
