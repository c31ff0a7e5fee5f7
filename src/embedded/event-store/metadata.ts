import { endOfStream, type EventRecord, isMetastream, type ProposedEvent } from './model'

/** What the newest event of `$$X` says about X. Values that make no sense count as absent. */
export interface StreamMetadata {
  readonly maxCount?: bigint
  /** In 100 ns units. */
  readonly maxAge?: bigint
  readonly truncateBefore?: bigint
}

export interface StreamHead {
  /** -1 when the stream has no event; the revision of `$streamDeleted` when it is tombstoned. */
  readonly revision: bigint
  /** On a metastream: the data of its newest event, when that is a JSON object. */
  readonly newest?: JsonObject
}

export type JsonObject = Readonly<Record<string, unknown>>

const ticksPerSecond = 10_000_000n
const decoder = new TextDecoder('utf-8', { fatal: true })

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const textOf = (data: Uint8Array): string => {
  try {
    return decoder.decode(data)
  } catch {
    return ''
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const jsonObject = (event: Pick<ProposedEvent, 'isJson' | 'data'>): JsonObject | undefined => {
  const value = event.isJson ? parse(textOf(event.data)) : undefined
  return isObject(value) ? value : undefined
}

/** JSON.parse has rounded what does not fit a double: all of those are at or beyond any revision a stream can reach. */
const wholeNumber = (value: unknown, least: number): bigint | undefined => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) return undefined
  return value >= 2 ** 63 ? endOfStream : BigInt(value)
}

export const streamMetadata = (newest: JsonObject | undefined): StreamMetadata => {
  const maxCount = wholeNumber(newest?.['$maxCount'], 1)
  const maxAge = wholeNumber(newest?.['$maxAge'], 1)
  const truncateBefore = wholeNumber(newest?.['$tb'], 0)
  return {
    ...(maxCount === undefined ? {} : { maxCount }),
    ...(maxAge === undefined ? {} : { maxAge: maxAge * ticksPerSecond }),
    ...(truncateBefore === undefined ? {} : { truncateBefore }),
  }
}

export const isSoftDeleted = (metadata: StreamMetadata): boolean => metadata.truncateBefore === endOfStream

/** The metadata event that hides everything before `revision` and keeps the other keys. */
export const truncatedBefore = (metadata: JsonObject, revision: bigint): string =>
  JSON.stringify({ ...metadata, $tb: Number(revision) })

export const softDeletion = `{"$tb":${endOfStream}}`

/** Events of a stream below `revision` or older than `created` are hidden. */
export interface Limits {
  readonly revision: bigint
  readonly created: bigint
}

const highest = (...values: ReadonlyArray<bigint>): bigint => values.reduce((a, b) => (a > b ? a : b), 0n)

export const limitsOf = (stream: string, last: bigint, metadata: StreamMetadata, now: bigint): Limits => {
  if (isMetastream(stream)) return { revision: highest(last), created: 0n }
  const { truncateBefore = 0n, maxCount } = metadata
  return {
    revision: highest(truncateBefore, maxCount === undefined ? 0n : last - maxCount + 1n),
    created: metadata.maxAge === undefined ? 0n : highest(now - metadata.maxAge),
  }
}

export const isVisible = (limits: Limits, event: Pick<EventRecord, 'revision' | 'created'>): boolean =>
  event.revision >= limits.revision && event.created >= limits.created
