import { least, most } from './bounds'
import { type Reply } from './calls'
import { streamDeleted } from './errors'
import { resolveLinks, type Resolved } from './links'
import { type Log } from './log'
import { endOfStream, type EventRecord } from './model'
import { pages } from './pages'
import { type From, type ReadRequest } from './read-request'
import { type AllRange, type Direction, type Reader } from './reader'
import { streamState } from './stream-state'
import { eventMessage, type ReadMessage, streamNotFoundMessage } from './wire-read'

export interface ReadSide {
  readonly log: Log
  readonly reader: Reader
}

export type Request<Tag extends ReadRequest['_tag']> = Extract<ReadRequest, { readonly _tag: Tag }>
type Format = Pick<ReadRequest, 'resolveLinks' | 'structuredIds'>

const resolved = ({ log, reader }: ReadSide, events: ReadonlyArray<EventRecord>, format: Format) =>
  format.resolveLinks ? resolveLinks(log, reader, events) : events.map((event): Resolved => ({ event }))

export const sendEvents = async (
  side: ReadSide,
  events: ReadonlyArray<EventRecord>,
  format: Format,
  reply: Reply<ReadMessage>,
): Promise<void> => {
  reply.over.throwIfAborted()
  for (const event of await resolved(side, events, format)) {
    const full = reply.send(eventMessage(event, format.structuredIds))
    if (full !== undefined) await full
  }
}

/** Revisions from `from` on, inclusive in both directions. */
const streamBounds = (from: From, direction: Direction, last: bigint) => {
  if (direction === 'forwards') {
    if (from === 'end') return { low: last + 1n, high: last }
    return { low: from === 'start' ? 0n : from, high: last }
  }
  return { low: 0n, high: from === 'start' ? 0n : from === 'end' ? last : least(from, last) }
}

/** Positions from `from` on, inclusive forwards and exclusive backwards. */
const allBounds = (from: From, direction: Direction, end: bigint) => {
  if (direction === 'forwards') {
    if (from === 'end') return { low: end + 1n, high: end }
    return { low: from === 'start' ? 1n : from, high: end }
  }
  return { low: 1n, high: from === 'start' ? 0n : from === 'end' ? end : least(from - 1n, end) }
}

export const readStream = async (
  side: ReadSide,
  request: Request<'ReadStream'>,
  reply: Reply<ReadMessage>,
): Promise<void> => {
  const { stream, from, direction, count } = request
  const state = await streamState(side.log, side.reader, stream)
  if (state._tag === 'Tombstoned') throw streamDeleted(stream)
  if (state._tag === 'Missing') {
    await reply.send(streamNotFoundMessage(stream))
    return
  }
  const { low, high } = streamBounds(from, direction, state.last)
  const createdFrom = state.limits.created
  const recent = (range: AllRange) => (createdFrom === 0n ? side.log.tail.ofStream(stream, range) : undefined)
  const walk = pages({
    low: most(low, state.limits.revision),
    high,
    direction,
    count,
    keyOf: (event) => event.revision,
    fetch: async (range) => recent(range) ?? side.reader.stream(stream, { ...range, createdFrom }),
  })
  for await (const page of walk) await sendEvents(side, page, request, reply)
}

export const readAll = async (
  side: ReadSide,
  request: Request<'ReadAll'>,
  reply: Reply<ReadMessage>,
): Promise<void> => {
  const { from, direction, count, filter } = request
  const walk = pages({
    ...allBounds(from, direction, side.log.tail.end()),
    direction,
    count: filter === undefined ? count : endOfStream,
    keyOf: (event) => event.position,
    fetch: side.reader.all,
  })
  let left = count
  for await (const page of walk) {
    const matching = filter === undefined ? page : page.filter(filter)
    const sent = matching.slice(0, left < BigInt(matching.length) ? Number(left) : undefined)
    await sendEvents(side, sent, request, reply)
    left -= BigInt(sent.length)
    if (left <= 0n) return
  }
}
