import {
  type AllStreamResolvedEvent,
  type AppendExpectedRevision,
  BACKWARDS,
  binaryEvent,
  END,
  type EventStoreDBClient,
  eventTypeFilter,
  type ExpectedRevision,
  FORWARDS,
  jsonEvent,
  type Position,
  type ReadRevision,
  type ResolvedEvent,
  streamNameFilter,
} from '@eventstore/db-client'
import { type Anchor, type Answer, type Expected, type Operation, type Vector, type VectorEvent } from './vectors'

type Subscription =
  ReturnType<EventStoreDBClient['subscribeToStream']> | ReturnType<EventStoreDBClient['subscribeToAll']>
type Seen = ResolvedEvent | AllStreamResolvedEvent
type Recorded = NonNullable<Seen['event']>

/** Without caughtUp within this time, a subscription has shown all it has. */
const quietMs = 1500
const credentials = { username: 'admin', password: 'changeit' }

const field = (error: object, name: string): string | bigint | undefined =>
  (error as Readonly<Record<string, string | bigint | undefined>>)[name]

const refusal = (error: unknown): Answer => {
  if (!(error instanceof Error)) throw error
  const actual = field(error, 'actualVersion')
  const expected = field(error, 'expectedVersion')
  const [type, stream] = [field(error, 'type'), field(error, 'streamName')]
  return {
    error: error.constructor.name,
    ...(type ? { type } : { message: error.message }),
    ...(actual === undefined ? {} : { actual: String(actual) }),
    ...(expected === undefined ? {} : { expected: String(expected) }),
    ...(stream ? { stream } : {}),
  }
}

const bytes = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)

/** The ids of events that servers write themselves differ. */
const recorded = (event: Recorded): Answer => ({
  ...(event.type.startsWith('$') ? {} : { id: event.id }),
  type: event.type,
  rev: String(event.revision),
  stream: event.streamId,
  json: event.isJson,
  data: bytes(event.data),
  ...(event.metadata === undefined ? {} : { metadata: bytes(event.metadata) }),
})

const commitOf = (seen: Seen): string => String((seen.link ?? seen.event)?.position?.commit)

const resolved = (seen: Seen): Answer => ({
  ...(seen.event ? { event: recorded(seen.event) } : {}),
  ...(seen.link ? { link: recorded(seen.link) } : {}),
  posIsCommit: seen.commitPosition === undefined ? 'none' : String(seen.commitPosition) === commitOf(seen),
})

const proposed = ({ id, type, json, data, metadata }: VectorEvent) => {
  const more = metadata === undefined ? {} : { metadata: metadata as Record<string, unknown> }
  if (json) return jsonEvent({ id, type, data: data as Record<string, unknown>, ...more })
  const binary = metadata === undefined ? {} : { metadata: Buffer.from(JSON.stringify(metadata)) }
  return binaryEvent({ id, type, data: Buffer.from(JSON.stringify(data)), ...binary })
}

const expectedRevision = (value: Expected): AppendExpectedRevision & ExpectedRevision =>
  typeof value === 'number' ? BigInt(value) : (value as 'any')

const readRevision = (value: Expected): ReadRevision => (typeof value === 'number' ? BigInt(value) : (value as 'start'))

const watch = async (subscription: Subscription, isMine: (seen: Seen) => boolean): Promise<Answer> => {
  const log: unknown[] = []
  await new Promise<void>((resolve) => {
    const quiet = setTimeout(resolve, quietMs)
    /** The client tells of caughtUp while events before it still wait in its stream. */
    const drained = () => {
      clearTimeout(quiet)
      if (subscription.readableLength > 0) setImmediate(drained)
      else resolve()
    }
    subscription.on('confirmation', () => log.push('confirmed'))
    subscription.on('data', (seen: Seen) => {
      if (isMine(seen)) log.push(resolved(seen))
    })
    subscription.on('caughtUp', () => {
      log.push('caughtUp')
      setImmediate(drained)
    })
    subscription.on('error', (error) => {
      log.push(refusal(error))
      setImmediate(drained)
    })
  })
  await subscription.unsubscribe().catch(() => undefined)
  return { log }
}

const collect = async (events: AsyncIterable<Seen>, isMine: (seen: Seen) => boolean): Promise<Answer> => {
  const seen: Answer[] = []
  for await (const event of events) if (isMine(event)) seen.push(resolved(event))
  return { events: seen }
}

const directions = { forwards: FORWARDS, backwards: BACKWARDS } as const

/** Performs operations one after the other, remembering the positions that appends return. */
export const createPerformer = (client: EventStoreDBClient, { prefix }: Pick<Vector, 'prefix'>) => {
  const positions: Position[] = []

  const isMine = (seen: Seen) => {
    const stream = (seen.link ?? seen.event)?.streamId ?? ''
    return stream.startsWith(prefix) || stream.startsWith(`$$${prefix}`)
  }

  const anchored = (anchor: Anchor): Position | typeof END | undefined => {
    if (anchor === 'end') return END
    const index = { first: 0, middle: Math.floor(positions.length / 2), last: positions.length - 1 }[anchor]
    return positions[index]
  }

  const answer = async (operation: Operation): Promise<Answer> => {
    switch (operation.op) {
      case 'append': {
        const { stream, expected, events, unary } = operation
        const options = { expectedRevision: expectedRevision(expected), ...(unary ? { credentials } : {}) }
        const { success, nextExpectedRevision, position } = await client.appendToStream(
          stream,
          events.map(proposed),
          options,
        )
        if (position !== undefined && events.length > 0) positions.push(position)
        return { success, next: String(nextExpectedRevision), hasPosition: position !== undefined }
      }
      case 'read': {
        const { stream, direction, from, max } = operation
        const options = { direction: directions[direction], fromRevision: readRevision(from), maxCount: max }
        return collect(client.readStream(stream, { ...options, resolveLinkTos: true }), () => true)
      }
      case 'meta': {
        const { stream, metadata, expected } = operation
        const options = { expectedRevision: expectedRevision(expected) }
        const { success, nextExpectedRevision } = await client.setStreamMetadata(stream, metadata, options)
        return { success, next: String(nextExpectedRevision) }
      }
      case 'getmeta': {
        const { metadata, metastreamRevision } = await client.getStreamMetadata(operation.stream)
        return { metadata: metadata ?? null, none: metastreamRevision === undefined }
      }
      case 'delete': {
        const options = { expectedRevision: expectedRevision(operation.expected) }
        const { position } = await client.deleteStream(operation.stream, options)
        return { hasPosition: position !== undefined }
      }
      case 'tombstone': {
        const options = { expectedRevision: expectedRevision(operation.expected) }
        const { position } = await client.tombstoneStream(operation.stream, options)
        return { hasPosition: position !== undefined }
      }
      case 'sub': {
        const options = { fromRevision: readRevision(operation.from), resolveLinkTos: true }
        return watch(client.subscribeToStream(operation.stream, options), () => true)
      }
      case 'suball': {
        const fromPosition = anchored(operation.from)
        if (fromPosition === undefined) return { skipped: true }
        const { on, prefixes = [], regex } = operation.filter
        const by = on === 'stream' ? streamNameFilter : eventTypeFilter
        const filter = regex === undefined ? by({ prefixes }) : by({ regex })
        return watch(client.subscribeToAll({ fromPosition, filter }), isMine)
      }
      case 'readall': {
        const fromPosition = anchored(operation.from)
        if (fromPosition === undefined) return { skipped: true }
        const { direction, max } = operation
        const maxCount = direction === 'backwards' && operation.from === 'end' ? 400 : max
        return collect(client.readAll({ direction: directions[direction], fromPosition, maxCount }), isMine)
      }
    }
  }

  return (operation: Operation): Promise<Answer> => answer(operation).catch(refusal)
}
