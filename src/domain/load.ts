import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as RA from 'fp-ts/ReadonlyArray'
import * as TE from 'fp-ts/TaskEither'
import type { UndecodableEvent } from './codec'
import type { Aggregate } from './decider'
import type { DomainEvent } from './domain-event'
import type { EventStore, ReadError, Recorded, Revision, StreamName } from './event-store'
import { revision } from './position'

/** No stream of ours comes near: a longer one is a fault, not a history. */
export const longestStream = 5_000

export type StreamTooLong = { readonly _tag: 'StreamTooLong'; readonly stream: StreamName }
export type LoadError = ReadError | UndecodableEvent | StreamTooLong
export type Loaded<State> = { readonly state: State; readonly history: ReadonlyArray<Recorded> }

export const foldRecorded =
  <State, Command, Event extends DomainEvent, Refusal>(aggregate: Aggregate<State, Command, Event, Refusal>) =>
  (history: ReadonlyArray<Recorded>): E.Either<UndecodableEvent, State> =>
    pipe(history, E.traverseArray(aggregate.codec.decode), E.map(RA.reduce(aggregate.initialState, aggregate.evolve)))

/** Reads a stream, up to and including revision `upTo` when given, and folds it. A stream never written is the initial state. */
export const load =
  (store: Pick<EventStore, 'readStream'>) =>
  <State, Command, Event extends DomainEvent, Refusal>(aggregate: Aggregate<State, Command, Event, Refusal>) =>
  (stream: StreamName, upTo?: Revision): TE.TaskEither<LoadError, Loaded<State>> =>
    pipe(
      store.readStream(stream, {
        from: revision(0n),
        limit: upTo === undefined ? longestStream : Math.min(longestStream, Number(upTo) + 1),
      }),
      TE.filterOrElseW(
        (history) => history.length < longestStream,
        (): LoadError => ({ _tag: 'StreamTooLong', stream }),
      ),
      TE.chainEitherKW((history) =>
        pipe(
          foldRecorded(aggregate)(history),
          E.map((state) => ({ state, history })),
        ),
      ),
    )
