import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Aggregate } from '../domain/decider'
import type { DomainEvent } from '../domain/domain-event'
import type { EventStore, Position, Revision, StreamName } from '../domain/event-store'
import type { OrganizationId } from '../domain/ids'
import { load, type LoadError } from '../domain/load'
import { type NotFound, notFound } from './error'

export type Reading = Pick<EventStore, 'readStream'>

/** An aggregate as the log tells it now. */
export type Told<State> = {
  readonly state: State
  readonly revision: Revision
  readonly position: Position
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type Of<State> = Extract<State, { readonly organizationId: OrganizationId }>

const belongsTo = <State extends object>(state: State, organization: OrganizationId): state is Of<State> =>
  'organizationId' in state && state.organizationId === organization

/** The organization's own; another's is not found, like one that does not exist. */
export const owned =
  (store: Reading) =>
  <State extends object, Command, Event extends DomainEvent, Refusal>(
    aggregate: Aggregate<State, Command, Event, Refusal>,
  ) =>
  (stream: StreamName, organization: OrganizationId): TE.TaskEither<LoadError | NotFound, Told<Of<State>>> =>
    pipe(
      load(store)(aggregate)(stream),
      TE.chainW(({ state, history }): TE.TaskEither<NotFound, Told<Of<State>>> => {
        const [first] = history
        const last = history.at(-1)
        return first !== undefined && last !== undefined && belongsTo(state, organization)
          ? TE.right({
              state,
              revision: last.revision,
              position: last.position,
              createdAt: first.created,
              updatedAt: last.created,
            })
          : TE.left(notFound)
      }),
    )
