import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { EventCodec } from '../domain/codec'
import { problemsOf } from '../domain/decode-problems'
import type { Recorded } from '../domain/event-store'
import { EventMetadata } from '../domain/metadata'

const unreadable = ({ stream, revision, type }: Recorded, reason: string): Error =>
  new Error(`event ${revision} of ${stream}, ${type}, cannot be read: ${reason}`)

/** Throws when the event is of no known type or shape: what comes after it must not be projected. */
export const decoded =
  <Event extends { readonly type: string; readonly data: unknown }>({ decode }: EventCodec<Event>) =>
  (recorded: Recorded): Event =>
    pipe(
      decode(recorded),
      E.getOrElse<{ readonly reason: string }, Event>(({ reason }) => {
        throw unreadable(recorded, recorded.data === undefined ? 'its data is not JSON' : reason)
      }),
    )

/** Throws as `decoded` does. */
export const metadataOf = (recorded: Recorded): EventMetadata =>
  pipe(
    EventMetadata.decode(recorded.metadata),
    E.getOrElse<Parameters<typeof problemsOf>[0], EventMetadata>((errors) => {
      throw unreadable(
        recorded,
        problemsOf(errors)
          .map(({ pointer, problem }) => `metadata${pointer} ${problem}`)
          .join('; '),
      )
    }),
  )
