import type { Json } from '../../domain/event-store'
import type { Reader } from '../../domain/visibility'
import { formatLiveId, type LiveFrame, type LiveMessage, shownMessage } from '../../projections/live/message'

/** A block of the event stream format. The id comes last: a client cut off within the block must not take it for received. */
const block = (event: string, json: string, id?: string): string =>
  `event: ${event}\ndata: ${json}\n${id === undefined ? '' : `id: ${id}\n`}\n`

/** An event of the connection itself: without id, so that the client's cursor stays. */
export const controlEvent = (event: string, data: Json): string => block(event, JSON.stringify(data))

/** How long the client waits before it connects again, ms; holds until told otherwise. */
export const retryLine = (ms: number): string => `retry: ${Math.round(ms)}\n`

/** One line break only: some clients take a comment followed by a blank line for an empty event. */
export const heartbeatLine = ': heartbeat\n'

const rendered = new WeakMap<LiveMessage, Map<string, string>>()

/** One message for one kind of reader; viewers of the same run share the work. */
export const messageEvent = ({ id, message }: LiveFrame, reader: Reader): string => {
  const kind = JSON.stringify(reader)
  const forMessage = rendered.get(message) ?? new Map<string, string>()
  rendered.set(message, forMessage)
  const known =
    forMessage.get(kind) ?? block(message.event_type, JSON.stringify(shownMessage(message, reader)), formatLiveId(id))
  forMessage.set(kind, known)
  return known
}
