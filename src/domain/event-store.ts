import type * as TE from 'fp-ts/TaskEither'
import type { ReadonlyNonEmptyArray } from 'fp-ts/ReadonlyNonEmptyArray'
import type { EventId } from './ids'

declare const revision: unique symbol
declare const streamName: unique symbol

/** Number of an event within its stream, from 0. */
export type Revision = bigint & { readonly [revision]: true }
/** Place of an event in the whole log, `commit` first. A consumer's checkpoint and nothing else. */
export type Position = { readonly commit: bigint; readonly prepare: bigint }
/** `<category>-<uuid>` */
export type StreamName = string & { readonly [streamName]: true }

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

export type NewEvent = {
  readonly id: EventId
  readonly type: string
  readonly data: Json
  readonly metadata: Json
}

/** `data` and `metadata` are what stands in the log, not yet decoded: undefined when they are not JSON. */
export type Recorded = {
  readonly id: EventId
  readonly stream: StreamName
  readonly type: string
  readonly revision: Revision
  readonly position: Position
  readonly created: Date
  readonly data: unknown
  readonly metadata: unknown
}

export type ExpectedRevision = 'no_stream' | Revision
export type Appended = { readonly revision: Revision; readonly position: Position }

export type WrongExpectedRevision = { readonly _tag: 'WrongExpectedRevision'; readonly actual: ExpectedRevision }
export type StreamDeleted = { readonly _tag: 'StreamDeleted'; readonly stream: StreamName }
export type EventTooLarge = { readonly _tag: 'EventTooLarge'; readonly bytes: number; readonly limit: number }
export type EventNotEncodable = { readonly _tag: 'EventNotEncodable'; readonly path: string; readonly reason: string }
/** Not answered, or not in time: an append may or may not have landed; the same events may be sent again. */
export type StoreUnavailable = { readonly _tag: 'StoreUnavailable'; readonly reason: string }
export type StoreDenied = { readonly _tag: 'StoreDenied'; readonly reason: string }

export type ReadError = StreamDeleted | StoreUnavailable | StoreDenied
export type AppendError = ReadError | WrongExpectedRevision | EventTooLarge | EventNotEncodable

/**
 * At most `limit` events (at most 5,000) from `from` on, inclusive: rising from the first, or `backwards`, falling from the last. Once they weigh about
 * `bytes` no more are read; one is in any case. A stream never written is empty.
 */
export type StreamSlice = {
  readonly from?: Revision | undefined
  readonly limit: number
  readonly backwards?: boolean
  readonly bytes?: number
}

export type SubscriptionStart = 'start' | Position
export type Delivery =
  | { readonly _tag: 'Event'; readonly event: Recorded }
  /** Everything up to here was delivered or does not match the filter. Comes after the events before it. */
  | { readonly _tag: 'Checkpoint'; readonly position: Position }
  | { readonly _tag: 'CaughtUp' }
  /** The subscription was lost and is being taken up again after the last delivery. */
  | { readonly _tag: 'Dropped'; readonly reason: string }
  /** The start lies after the tail: the log is another one than the checkpoint was taken from. The last delivery. */
  | { readonly _tag: 'BeyondTail'; readonly tail: Position | undefined }

export interface EventStore {
  /** All events or none. An unclear answer is retried with the same bytes, bounded, before StoreUnavailable is answered. */
  readonly append: (
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyNonEmptyArray<NewEvent>,
  ) => TE.TaskEither<AppendError, Appended>
  readonly readStream: (stream: StreamName, slice: StreamSlice) => TE.TaskEither<ReadError, ReadonlyArray<Recorded>>
  /** Position of the last event of the log, `undefined` when it is empty. */
  readonly tail: TE.TaskEither<ReadError, Position | undefined>
  /**
   * All events of the streams whose name starts with one of `prefixes`, strictly after `start`, in order, without end: drops are survived with back-off.
   * Read-ahead is bounded. Ends when `signal` aborts, or after BeyondTail.
   */
  readonly subscribe: (
    start: SubscriptionStart,
    prefixes: ReadonlyArray<string>,
    signal: AbortSignal,
  ) => AsyncIterable<Delivery>
  readonly close: () => Promise<void>
}
