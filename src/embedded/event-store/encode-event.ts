import { type Resolved } from './links'
import { type EventRecord } from './model'

/** Field numbers of ReadResp, ReadEvent, RecordedEvent and UUID, as tags of their wire type: 0 varint, 2 bytes. */
const varintTag = (field: number): number => field << 3
const bytesTag = (field: number): number => (field << 3) | 2

const varint = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0xffffffn; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  let low = Number(rest)
  for (; low > 127; low >>>= 7) bytes.push((low & 127) | 128)
  bytes.push(low)
  return bytes
}

const number = (field: number, value: bigint): Buffer => Buffer.from([varintTag(field), ...varint(value)])

const head = (field: number, length: number): Buffer => Buffer.from([bytesTag(field), ...varint(BigInt(length))])

const bytes = (field: number, value: Uint8Array): ReadonlyArray<Uint8Array> => [head(field, value.length), value]

const text = (field: number, value: string): ReadonlyArray<Uint8Array> => bytes(field, Buffer.from(value, 'utf8'))

const message = (field: number, parts: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> => [
  head(
    field,
    parts.reduce((sum, part) => sum + part.length, 0),
  ),
  ...parts,
]

const property = (key: string, value: string): ReadonlyArray<Uint8Array> => [
  Buffer.concat(message(6, [...text(1, key), ...text(2, value)])),
]

const json = property('content-type', 'application/json')
const binary = property('content-type', 'application/octet-stream')

const recorded = (event: EventRecord): ReadonlyArray<Uint8Array> => [
  ...message(1, text(2, event.id)),
  ...message(2, text(3, event.stream)),
  number(3, event.revision),
  number(4, event.position),
  number(5, event.position),
  ...property('type', event.type),
  ...(event.isJson ? json : binary),
  ...property('created', String(event.created)),
  ...bytes(7, event.metadata),
  ...bytes(8, event.data),
]

/** A ReadResp with an event, ids as text. By hand, because it is most of the work of a read. */
export const encodeEvent = ({ event, link }: Resolved): Buffer => {
  const read = [
    ...(event === undefined ? [] : message(1, recorded(event))),
    ...(link === undefined ? [] : message(2, recorded(link))),
    number(3, (link ?? event)?.position ?? 0n),
  ]
  return Buffer.concat(message(1, read))
}
