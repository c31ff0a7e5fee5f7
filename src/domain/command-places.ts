import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import * as TE from 'fp-ts/TaskEither'
import { eventCodec, type UndecodableEvent } from './codec'
import type { AppendError, EventStore, ExpectedRevision, ReadError, Revision, StreamName } from './event-store'
import { CommandId, derivedId, EventId } from './ids'
import { type CommandContext, EventMetadata, metadataOf } from './metadata'
import { parseRevision, streamName } from './position'

type Log = Pick<EventStore, 'append' | 'readStream'>

const RevisionText = new t.Type<Revision, string>(
  'Revision',
  (u): u is Revision => typeof u === 'bigint',
  (u, c) =>
    pipe(
      typeof u === 'string' ? parseRevision(u) : E.left('must be text'),
      E.match(
        (problem) => t.failure<Revision>(u, c, problem),
        (found) => t.success(found),
      ),
    ),
  String,
)

export const CommandPlaces = eventCodec({
  /** The command's events stand in `stream` from this revision on, if they got there. */
  CommandPlaced: t.readonly(t.type({ stream: t.string, revision: RevisionText })),
})

export const commandCategory = 'command'

const placesStream = ({ commandId }: CommandContext, stream: StreamName): StreamName =>
  streamName(commandCategory, derivedId(CommandId, commandId, 'places', stream))

/** A command is decided a few times at most, and not again once its events are in the log. */
const mostPlaces = 100

/** Where the events of a command may begin, newest first. */
export const placesOf =
  (log: Pick<Log, 'readStream'>) =>
  (context: CommandContext, stream: StreamName): TE.TaskEither<ReadError | UndecodableEvent, ReadonlyArray<Revision>> =>
    pipe(
      log.readStream(placesStream(context, stream), { limit: mostPlaces, backwards: true }),
      TE.chainEitherKW(E.traverseArray(CommandPlaces.decode)),
      TE.map((events) => events.map(({ data }) => data.revision)),
    )

export type Unplaced = Exclude<AppendError, { readonly _tag: 'WrongExpectedRevision' }> | UndecodableEvent

const triesAtMost = 10

/**
 * Notes where a command's events are about to be appended, before they are. A stream that is not read whole cannot be searched for the command when it
 * is given again; its places can, however long ago it was.
 */
export const place =
  (log: Log) =>
  (context: CommandContext, stream: StreamName, at: Revision): TE.TaskEither<Unplaced, void> => {
    const { type, data, version } = CommandPlaces.encode({ type: 'CommandPlaced', data: { stream, revision: at } })
    const event = {
      id: derivedId(EventId, context.commandId, 'place', stream, String(at)),
      type,
      data,
      metadata: EventMetadata.encode(metadataOf(context, version)),
    }
    const append = (expected: ExpectedRevision, left: number): TE.TaskEither<Unplaced, void> =>
      pipe(
        log.append(placesStream(context, stream), expected, [event]),
        TE.map(() => undefined),
        TE.orElse((error): TE.TaskEither<Unplaced, void> => {
          if (error._tag !== 'WrongExpectedRevision') return TE.left(error)
          if (left === 0)
            return TE.left({ _tag: 'StoreUnavailable', reason: 'the command is given again all the time' })
          return pipe(
            placesOf(log)(context, stream),
            TE.chain((places) => (places.includes(at) ? TE.right(undefined) : append(error.actual, left - 1))),
          )
        }),
      )
    return append('no_stream', triesAtMost)
  }
