import { type EventRecord } from './model'

export const columns = 'position, stream, revision, id, type, is_json, created, metadata, data'

export type EventRow = readonly [
  position: string,
  stream: string,
  revision: string,
  id: string,
  type: string,
  isJson: boolean,
  created: string,
  metadata: Uint8Array,
  data: Uint8Array,
]

export const recordOf = ([
  position,
  stream,
  revision,
  id,
  type,
  isJson,
  created,
  metadata,
  data,
]: EventRow): EventRecord => ({
  position: BigInt(position),
  stream,
  revision: BigInt(revision),
  id,
  type,
  isJson,
  created: BigInt(created),
  metadata,
  data,
})

/** About what an event takes in memory. */
export const sizeOf = (event: EventRecord): number =>
  event.data.length + event.metadata.length + event.stream.length + 256
