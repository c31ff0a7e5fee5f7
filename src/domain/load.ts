import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as RA from 'fp-ts/ReadonlyArray'
import * as TE from 'fp-ts/TaskEither'
import type { UndecodableEvent } from './codec'
import type { Aggregate } from './decider'
import type { DomainEvent } from './domain-event'
import type { EventStore, ReadError, Recorded, Revision, StreamName } from './event-store'
import { revision } from './position'

/**
 * So many events are read of a stream whose state takes all of them, a run's: at most fifty steps, each tried a few times with a few effects, at most
 * a hundred refused controls, and what people add by pausing and resuming it. A longer one is a fault, not a history.
 */
export const longestStream = 5_000

/** The newest whole event and the few small ones after it; a large event ends the reading, and is nearly always the whole one. */
const newest = { limit: 8, bytes: 65_536 }
const page = { limit: 500, bytes: 1_048_576 }

export type StreamTooLong = { readonly _tag: 'StreamTooLong'; readonly stream: StreamName }
export type LoadError = ReadError | UndecodableEvent | StreamTooLong
export type Trace = Omit<Recorded, 'data'>
/** `history`: what was read, in rising order, to the last event; it begins with the first unless a later one was enough. */
export type Loaded<State> = { readonly state: State; readonly history: ReadonlyArray<Trace> }

type Log = Pick<EventStore, 'readStream'>
type Load<State> = TE.TaskEither<LoadError, Loaded<State>>

const foldOn = <State, Command, Event extends DomainEvent, Refusal>(
  { codec, evolve }: Aggregate<State, Command, Event, Refusal>,
  state: State,
  history: ReadonlyArray<Recorded>,
): E.Either<UndecodableEvent, State> => pipe(history, E.traverseArray(codec.decode), E.map(RA.reduce(state, evolve)))

export const foldRecorded =
  <State, Command, Event extends DomainEvent, Refusal>(aggregate: Aggregate<State, Command, Event, Refusal>) =>
  (history: ReadonlyArray<Recorded>): E.Either<UndecodableEvent, State> =>
    foldOn(aggregate, aggregate.initialState, history)

/** The state after the first of `falling`, when one of them is whole. */
const foldFromWhole = <State, Command, Event extends DomainEvent, Refusal>(
  { codec, evolve, initialState, isWhole }: Aggregate<State, Command, Event, Refusal>,
  falling: ReadonlyArray<Recorded>,
): E.Either<UndecodableEvent, O.Option<State>> => {
  const later: Event[] = []
  for (const recorded of falling) {
    const event = codec.decode(recorded)
    if (E.isLeft(event)) return event
    later.push(event.right)
    if (isWhole?.(event.right) === true) return E.right(O.some(later.reduceRight(evolve, initialState)))
  }
  return E.right(O.none)
}

const loadAll = <State, Command, Event extends DomainEvent, Refusal>(
  store: Log,
  aggregate: Aggregate<State, Command, Event, Refusal>,
  stream: StreamName,
  upTo: Revision | undefined,
): Load<State> =>
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

/** From the first event, a page at a time: for streams that were written before their events were whole, and could not outgrow `longestStream`. */
const loadInPages = <State, Command, Event extends DomainEvent, Refusal>(
  store: Log,
  aggregate: Aggregate<State, Command, Event, Refusal>,
  stream: StreamName,
  upTo: Revision | undefined,
): Load<State> => {
  const goOn = (loaded: Loaded<State>): Load<State> => {
    const from = revision(BigInt(loaded.history.length))
    const limit = upTo === undefined ? page.limit : Math.min(page.limit, Number(upTo - from) + 1)
    if (limit <= 0) return TE.right(loaded)
    if (loaded.history.length > 2 * longestStream) return TE.left({ _tag: 'StreamTooLong', stream })
    return pipe(
      store.readStream(stream, { ...page, from, limit }),
      TE.bindTo('events'),
      TE.bindW('state', ({ events }) => TE.fromEither(foldOn(aggregate, loaded.state, events))),
      TE.chainW(({ events, state }) => {
        const traces = events.map(({ data: _, ...trace }): Trace => trace)
        return events.length === 0 ? TE.right(loaded) : goOn({ state, history: [...loaded.history, ...traces] })
      }),
    )
  }
  return goOn({ state: aggregate.initialState, history: [] })
}

/**
 * The state of a stream, up to and including revision `upTo` when given. A stream never written is the initial state. Of an aggregate that knows whole
 * events it is folded from the newest one, however long the stream: at most 8 events are held, and at most one beyond 64 KiB (an event weighs at most
 * 2 MiB with its metadata). Where none of them is whole, the stream is read in pages of 1 MiB, of which one is held at a time.
 */
export const load =
  (store: Log) =>
  <State, Command, Event extends DomainEvent, Refusal>(aggregate: Aggregate<State, Command, Event, Refusal>) =>
  (stream: StreamName, upTo?: Revision): Load<State> =>
    aggregate.isWhole === undefined
      ? loadAll(store, aggregate, stream, upTo)
      : pipe(
          store.readStream(stream, { ...newest, from: upTo, backwards: true }),
          TE.bindTo('falling'),
          TE.bindW('state', ({ falling }) => TE.fromEither(foldFromWhole(aggregate, falling))),
          TE.chainW(({ falling, state }): Load<State> => {
            if (falling.length === 0) return TE.right({ state: aggregate.initialState, history: [] })
            return O.isSome(state)
              ? TE.right({ state: state.value, history: falling.toReversed() })
              : loadInPages(store, aggregate, stream, upTo)
          }),
        )
