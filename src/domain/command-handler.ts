import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as RA from 'fp-ts/ReadonlyArray'
import * as TE from 'fp-ts/TaskEither'
import type { EventCodec } from './codec'
import { place, placesOf, type Unplaced } from './command-places'
import type { Aggregate } from './decider'
import type { DomainEvent } from './domain-event'
import type { AppendError, EventStore, ExpectedRevision, NewEvent, Position, Revision, StreamName } from './event-store'
import { derivedId, EventId } from './ids'
import { load, type Loaded, type LoadError, type Trace } from './load'
import { type CommandContext, EventMetadata, metadataOf } from './metadata'
import { revision } from './position'

export type CommandIdReused = { readonly _tag: 'CommandIdReused' }
export type RevisionMoved = { readonly _tag: 'RevisionMoved'; readonly actual: ExpectedRevision }
export type TooManyConflicts = { readonly _tag: 'TooManyConflicts'; readonly stream: StreamName }
export type HandlerError =
  | LoadError
  | Exclude<AppendError, { readonly _tag: 'WrongExpectedRevision' }>
  | CommandIdReused
  | RevisionMoved
  | TooManyConflicts

/** `repeated`: this command id was carried out before; the answer is that of the first time. */
export type Handled<State> = {
  readonly state: State
  readonly revision: Revision
  readonly position: Position
  readonly repeated: boolean
}

type Log = Pick<EventStore, 'append' | 'readStream'>

const decisionsAtMost = 4

/** Events as the log takes them: ids follow from the command, so that the same command given again is the same events. */
export const newEvents =
  <Event>(codec: EventCodec<Event>, context: CommandContext, stream: StreamName) =>
  (events: ReadonlyArray<Event>): ReadonlyArray<NewEvent> =>
    events.map(codec.encode).map(({ type, data, version }, index) => ({
      id: derivedId(EventId, context.commandId, stream, context.commandHash, String(index)),
      type,
      data,
      metadata: EventMetadata.encode(metadataOf(context, version)),
    }))

type OfCommand = { readonly trace: Trace; readonly hash: string }

const ofCommand =
  ({ commandId }: CommandContext) =>
  (trace: Trace): O.Option<OfCommand> =>
    pipe(
      O.fromEither(EventMetadata.decode(trace.metadata)),
      O.filter(({ command_id }) => command_id === commandId),
      O.map(({ command_hash: hash }) => ({ trace, hash })),
    )

/** The last event of the command, if it was carried out: among those that were read, else where it may stand besides. */
const lastOfCommand = (
  log: Log,
  stream: StreamName,
  context: CommandContext,
  history: ReadonlyArray<Trace>,
): TE.TaskEither<LoadError, O.Option<OfCommand>> => {
  const known = pipe(history, RA.filterMap(ofCommand(context)), RA.last)
  const first = history[0]
  if (O.isSome(known) || first === undefined || first.revision === 0n) return TE.right(known)
  const standingFrom = (
    at: Revision,
    last: O.Option<OfCommand> = O.none,
  ): TE.TaskEither<LoadError, O.Option<OfCommand>> =>
    pipe(
      log.readStream(stream, { from: at, limit: 1 }),
      TE.map(RA.filterMap(ofCommand(context))),
      TE.chain(([one]) => (one === undefined ? TE.right(last) : standingFrom(revision(at + 1n), O.some(one)))),
    )
  const firstOf = (places: ReadonlyArray<Revision>): TE.TaskEither<LoadError, O.Option<OfCommand>> => {
    const [place, ...others] = places
    return place === undefined
      ? TE.right(O.none)
      : pipe(
          standingFrom(place),
          TE.chain((found) => (O.isSome(found) ? TE.right(found) : firstOf(others))),
        )
  }
  return pipe(
    placesOf(log)(context, stream),
    TE.chain((places) => firstOf([...places, revision(0n)])),
  )
}

const lastOf = <State>({ history }: Loaded<State>): ExpectedRevision => history.at(-1)?.revision ?? 'no_stream'

const unchanged = <State>({ state, history }: Loaded<State>): Handled<State> => {
  const last = history.at(-1)
  if (last === undefined) throw new Error('a decider was silent about a stream that does not exist')
  return { state, revision: last.revision, position: last.position, repeated: false }
}

/**
 * Read, fold, decide, append at the exact revision; on a conflict decide again, at most three times. A caller who pins a revision
 * gets no second decision. A command given twice answers with its first result, however long ago that was.
 */
export const commandHandler =
  (log: Log) =>
  <State, Command, Event extends DomainEvent, Refusal>(aggregate: Aggregate<State, Command, Event, Refusal>) =>
  (
    stream: StreamName,
    command: Command,
    context: CommandContext,
    pinned?: Revision,
  ): TE.TaskEither<Refusal | HandlerError, Handled<State>> => {
    const firstResult = (loaded: Loaded<State>): TE.TaskEither<HandlerError, O.Option<Handled<State>>> =>
      pipe(
        lastOfCommand(log, stream, context, loaded.history),
        TE.chainW(
          O.match(
            () => TE.right(O.none),
            ({ trace: { revision, position }, hash }): TE.TaskEither<HandlerError, O.Option<Handled<State>>> =>
              hash === context.commandHash
                ? pipe(
                    revision === lastOf(loaded) ? TE.right(loaded) : load(log)(aggregate)(stream, revision),
                    TE.map(({ state }) => O.some({ state, revision, position, repeated: true })),
                  )
                : TE.left({ _tag: 'CommandIdReused' }),
          ),
        ),
      )

    const append = (
      loaded: Loaded<State>,
      events: ReadonlyArray<Event>,
    ): TE.TaskEither<AppendError | Unplaced, Handled<State>> => {
      const fresh = newEvents(aggregate.codec, context, stream)(events)
      if (!RA.isNonEmpty(fresh)) return TE.of(unchanged(loaded))
      const last = lastOf(loaded)
      return pipe(
        aggregate.isWhole === undefined || last === 'no_stream'
          ? TE.right(undefined)
          : place(log)(context, stream, revision(last + 1n)),
        TE.chainW(() => log.append(stream, last, fresh)),
        TE.map((appended) => ({ ...appended, state: events.reduce(aggregate.evolve, loaded.state), repeated: false })),
      )
    }

    const decide = (loaded: Loaded<State>, left: number): TE.TaskEither<Refusal | HandlerError, Handled<State>> => {
      const actual = lastOf(loaded)
      if (pinned !== undefined && pinned !== actual) return TE.left({ _tag: 'RevisionMoved', actual })
      return pipe(
        TE.fromEither(aggregate.decide(command)(loaded.state)),
        TE.chainW((events) => append(loaded, events)),
        TE.orElseW((error): TE.TaskEither<Refusal | HandlerError, Handled<State>> => {
          if (!isConflict(error)) return TE.left(error)
          if (pinned !== undefined) return TE.left({ _tag: 'RevisionMoved', actual: error.actual })
          return left > 1 ? attempt(left - 1) : TE.left({ _tag: 'TooManyConflicts', stream })
        }),
      )
    }

    const attempt = (left: number): TE.TaskEither<Refusal | HandlerError, Handled<State>> =>
      pipe(
        load(log)(aggregate)(stream),
        TE.bindTo('loaded'),
        TE.bindW('before', ({ loaded }) => firstResult(loaded)),
        TE.chainW(({ loaded, before }) => (O.isSome(before) ? TE.right(before.value) : decide(loaded, left))),
      )

    return attempt(decisionsAtMost)
  }

type Conflict = Extract<AppendError, { readonly _tag: 'WrongExpectedRevision' }>

const isConflict = (error: unknown): error is Conflict =>
  typeof error === 'object' && error !== null && '_tag' in error && error._tag === 'WrongExpectedRevision'
