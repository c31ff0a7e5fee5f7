import { ReadResp } from '@eventstore/db-client/generated/streams_pb'
import { encodeEvent } from './encode-event'
import { type Resolved } from './links'
import { type EventRecord } from './model'
import { streamIdentifier, wireUuid } from './wire'

const recordedEvent = (event: EventRecord): ReadResp.ReadEvent.RecordedEvent => {
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(wireUuid(event.id, true))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(String(event.revision))
    .setPreparePosition(String(event.position))
    .setCommitPosition(String(event.position))
    .setCustomMetadata(event.metadata)
    .setData(event.data)
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.isJson ? 'application/json' : 'application/octet-stream')
    .set('created', String(event.created))
  return recorded
}

/** A response, or one that is encoded already. */
export type ReadMessage = ReadResp | Buffer

export const serializeReadMessage = (message: ReadMessage): Buffer =>
  Buffer.isBuffer(message) ? message : Buffer.from(message.serializeBinary())

const structuredEventMessage = ({ event, link }: Resolved): ReadResp => {
  const read = new ReadResp.ReadEvent()
  if (event !== undefined) read.setEvent(recordedEvent(event))
  if (link !== undefined) read.setLink(recordedEvent(link))
  read.setCommitPosition(String((link ?? event)?.position ?? 0n))
  return new ReadResp().setEvent(read)
}

export const eventMessage = (resolved: Resolved, structuredIds: boolean): ReadMessage =>
  structuredIds ? structuredEventMessage(resolved) : encodeEvent(resolved)

export const confirmationMessage = (id: string): ReadResp =>
  new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(id))

export const caughtUpMessage = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp())

export const checkpointMessage = (position: bigint): ReadResp =>
  new ReadResp().setCheckpoint(
    new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  )

export const streamNotFoundMessage = (stream: string): ReadResp =>
  new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)))
