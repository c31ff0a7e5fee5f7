import { AllStreamPosition, Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb'
import { type BatchAppendReq, type AppendReq } from '@eventstore/db-client/generated/streams_pb'
import { accessDenied, invalidArgument, missingEventProperty } from './errors'
import { type ProposedEvent } from './model'
import { maxStreamNameBytes } from './schema'

export const empty = (): Empty => new Empty()

/** A name as PostgreSQL can store it. */
export const streamNameOf = (identifier: StreamIdentifier | undefined): string => {
  const bytes = identifier?.getStreamName_asU8() ?? new Uint8Array()
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  if (name === '') throw invalidArgument('A stream needs a name.')
  if (name.includes('\0')) throw invalidArgument('A stream name must not contain the character NUL.')
  if (bytes.length > maxStreamNameBytes)
    throw invalidArgument(`A stream name may have ${maxStreamNameBytes} bytes at most.`)
  return name
}

export const writableStreamOf = (identifier: StreamIdentifier | undefined): string => {
  const name = streamNameOf(identifier)
  if (name === '$all') throw accessDenied()
  return name
}

export const streamIdentifier = (stream: string): StreamIdentifier => {
  const identifier = new StreamIdentifier()
  identifier.setStreamName(Buffer.from(stream, 'utf8'))
  return identifier
}

const half = (bits: bigint): string => BigInt.asUintN(64, bits).toString(16).padStart(16, '0')

const hyphenated = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/** Ids come as text or as two signed 64-bit halves. */
export const uuidOf = (uuid: UUID | undefined): string => {
  const structured = uuid?.getStructured()
  const text = structured
    ? hyphenated(half(BigInt(structured.getMostSignificantBits())) + half(BigInt(structured.getLeastSignificantBits())))
    : (uuid?.getString() ?? '').toLowerCase()
  if (!uuidPattern.test(text)) throw invalidArgument('An id is not a UUID.')
  return text
}

const signed = (hex: string): string => BigInt.asIntN(64, BigInt(`0x${hex}`)).toString()

export const wireUuid = (id: string, structured: boolean): UUID => {
  const uuid = new UUID()
  if (!structured) return uuid.setString(id)
  const hex = id.replaceAll('-', '')
  const halves = new UUID.Structured()
  halves.setMostSignificantBits(signed(hex.slice(0, 16))).setLeastSignificantBits(signed(hex.slice(16)))
  return uuid.setStructured(halves)
}

export const allPosition = (position: bigint): AllStreamPosition =>
  new AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position))

/** An event as sent by a client. Only whether it is JSON is kept of its content type. */
export const proposedEvent = (message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent => {
  const properties = message.getMetadataMap()
  const type = properties.get('type')
  const contentType = properties.get('content-type')
  if (!type || !contentType) throw missingEventProperty()
  if (type.includes('\0')) throw invalidArgument('An event type must not contain the character NUL.')
  return {
    id: uuidOf(message.getId()),
    type,
    isJson: contentType === 'application/json',
    metadata: message.getCustomMetadata_asU8(),
    data: message.getData_asU8(),
  }
}
