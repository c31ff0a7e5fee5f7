import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as RA from 'fp-ts/ReadonlyArray'
import * as TE from 'fp-ts/TaskEither'
import type { EventCodec } from './codec'
import type { Aggregate } from './decider'
import type { DomainEvent } from './domain-event'
import type {
  AppendError,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  Recorded,
  Revision,
  StreamName,
} from './event-store'
import { derivedId, EventId } from './ids'
import { foldRecorded, load, type Loaded, type LoadError } from './load'
import { type CommandContext, EventMetadata, metadataOf } from './metadata'

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

const commandOf = (recorded: Recorded): O.Option<EventMetadata> => O.fromEither(EventMetadata.decode(recorded.metadata))

const eventsOfCommand = (history: ReadonlyArray<Recorded>, context: CommandContext) =>
  history.flatMap((recorded) => {
    const metadata = commandOf(recorded)
    return O.isSome(metadata) && metadata.value.command_id === context.commandId
      ? [{ recorded, hash: metadata.value.command_hash }]
      : []
  })

const unchanged = <State>({ state, history }: Loaded<State>): Handled<State> => {
  const last = history.at(-1)
  if (last === undefined) throw new Error('a decider was silent about a stream that does not exist')
  return { state, revision: last.revision, position: last.position, repeated: false }
}

/**
 * Read, fold, decide, append at the exact revision; on a conflict decide again, at most three times. A caller who pins a revision
 * gets no second decision. A command given twice answers with its first result.
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
    const firstResult = (loaded: Loaded<State>): O.Option<E.Either<HandlerError, Handled<State>>> => {
      const before = eventsOfCommand(loaded.history, context)
      const last = before.at(-1)
      if (last === undefined) return O.none
      if (last.hash !== context.commandHash) return O.some(E.left({ _tag: 'CommandIdReused' }))
      return O.some(
        pipe(
          loaded.history.slice(0, Number(last.recorded.revision) + 1),
          foldRecorded(aggregate),
          E.map((state) => ({
            state,
            revision: last.recorded.revision,
            position: last.recorded.position,
            repeated: true,
          })),
        ),
      )
    }

    const append = (
      loaded: Loaded<State>,
      events: ReadonlyArray<Event>,
    ): TE.TaskEither<AppendError, Handled<State>> => {
      const fresh = newEvents(aggregate.codec, context, stream)(events)
      if (!RA.isNonEmpty(fresh)) return TE.of(unchanged(loaded))
      return pipe(
        log.append(stream, loaded.history.at(-1)?.revision ?? 'no_stream', fresh),
        TE.map((appended) => ({ ...appended, state: events.reduce(aggregate.evolve, loaded.state), repeated: false })),
      )
    }

    const attempt = (left: number): TE.TaskEither<Refusal | HandlerError, Handled<State>> =>
      pipe(
        load(log)(aggregate)(stream),
        TE.chainW((loaded): TE.TaskEither<Refusal | HandlerError, Handled<State>> => {
          const before = firstResult(loaded)
          if (O.isSome(before)) return TE.fromEither(before.value)
          const actual: ExpectedRevision = loaded.history.at(-1)?.revision ?? 'no_stream'
          if (pinned !== undefined && pinned !== actual) return TE.left({ _tag: 'RevisionMoved', actual })
          return pipe(
            TE.fromEither(aggregate.decide(command)(loaded.state)),
            TE.chainW((events) => append(loaded, events)),
            TE.orElseW((error: Refusal | AppendError): TE.TaskEither<Refusal | HandlerError, Handled<State>> => {
              if (!isConflict(error)) return TE.left(error)
              if (pinned !== undefined) return TE.left({ _tag: 'RevisionMoved', actual: error.actual })
              return left > 1 ? attempt(left - 1) : TE.left({ _tag: 'TooManyConflicts', stream })
            }),
          )
        }),
      )

    return attempt(decisionsAtMost)
  }

type Conflict = Extract<AppendError, { readonly _tag: 'WrongExpectedRevision' }>

const isConflict = (error: unknown): error is Conflict =>
  typeof error === 'object' && error !== null && '_tag' in error && error._tag === 'WrongExpectedRevision'
