import * as E from 'fp-ts/Either'
import type { ReadonlyNonEmptyArray } from 'fp-ts/ReadonlyNonEmptyArray'
import type { EventNotEncodable, EventTooLarge, Json, NewEvent, StreamName } from '../../domain/event-store'
import { mayFit } from '../../domain/json'
import { unsafeText, whyNotJson } from './json'

/** The server's own default limit on the data of one append. */
export const maxAppendBytes = 1_048_576
export const maxAppendEvents = 1_000

export type EncodedEvent = {
  readonly id: string
  readonly type: string
  readonly data: Record<string, Json>
  readonly metadata: Record<string, Json>
}
export type Encoded = { readonly events: ReadonlyArray<EncodedEvent>; readonly bytes: number }

const notEncodable = (path: string, reason: string): E.Either<EventNotEncodable, never> =>
  E.left({ _tag: 'EventNotEncodable', path, reason })

const whyNotName = (name: string): string | undefined =>
  name === ''
    ? 'is empty'
    : name.startsWith('$')
      ? 'starts with $, which belongs to the server'
      : name.length > 256 || /\p{Cc}/u.test(name)
        ? 'is longer than 256 characters or holds control characters'
        : unsafeText(name)

const isRecord = (json: Json): json is Record<string, Json> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/** A copy that stays as it is while an append is retried, whatever the caller does with the original. */
const frozenCopy = <A>(json: A): { readonly copy: A; readonly bytes: number } => {
  const text = JSON.stringify(json)
  return { copy: JSON.parse(text) as A, bytes: Buffer.byteLength(text) }
}

/** The client neither checks nor reports what JSON cannot carry: it hangs. So nothing reaches it unchecked. */
export const encode = (
  stream: StreamName,
  events: ReadonlyNonEmptyArray<NewEvent>,
): E.Either<EventNotEncodable | EventTooLarge, Encoded> => {
  const badStream = whyNotName(stream)
  if (badStream !== undefined) return notEncodable('stream', badStream)
  if (events.length > maxAppendEvents)
    return notEncodable('events', `${events.length} events; one append takes at most ${maxAppendEvents}`)
  const encoded: EncodedEvent[] = []
  let [dataBytes, metadataBytes] = [0, 0]
  for (const [index, event] of events.entries()) {
    const badType = whyNotName(event.type)
    if (badType !== undefined) return notEncodable(`[${index}].type`, badType)
    const { data, metadata } = event
    if (!mayFit(data, maxAppendBytes))
      return E.left({ _tag: 'EventTooLarge', bytes: maxAppendBytes + 1, limit: maxAppendBytes })
    const bad = whyNotJson(data, `[${index}].data`) ?? whyNotJson(metadata, `[${index}].metadata`)
    if (bad !== undefined) return notEncodable(bad.path, bad.reason)
    if (!isRecord(data)) return notEncodable(`[${index}].data`, 'is not an object')
    if (!isRecord(metadata)) return notEncodable(`[${index}].metadata`, 'is not an object')
    const frozenData = frozenCopy(data)
    const frozenMetadata = frozenCopy(metadata)
    dataBytes += frozenData.bytes
    metadataBytes += frozenMetadata.bytes
    encoded.push({ id: event.id, type: event.type, data: frozenData.copy, metadata: frozenMetadata.copy })
  }
  const bytes = Math.max(dataBytes, metadataBytes)
  return bytes > maxAppendBytes
    ? E.left({ _tag: 'EventTooLarge', bytes, limit: maxAppendBytes })
    : E.right({ events: encoded, bytes })
}
