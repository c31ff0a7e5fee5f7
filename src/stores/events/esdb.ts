import { setImmediate } from 'node:timers/promises'
import { BACKWARDS, END, EventStoreDBClient, jsonEvent, START, streamNameFilter } from '@eventstore/db-client'
import * as E from 'fp-ts/Either'
import type {
  AppendError,
  Appended,
  EventStore,
  ExpectedRevision,
  Position,
  ReadError,
  Recorded,
  Revision,
  StreamName,
  SubscriptionStart,
} from '../../domain/event-store'
import { revision } from '../../domain/position'
import { type Collecting, collecting, type Reading } from './collecting'
import { connection, type Link } from './connection'
import { within } from './deadline'
import { encode, type Encoded } from './encode'
import { appendFailure, readFailure } from './failure'
import { landedAlready } from './landed-already'
import { resubscribe } from './resubscribe'
import { appendCredentials, connectionString, defaults, type Options } from './settings'
import { follow, type Sink } from './subscription'
import { clear, type Outcome, unclear, untilClear } from './until-clear'

type Client = EventStoreDBClient
type Written = { readonly revision: Revision; readonly position: Position | undefined }

const maxPage = 5_000
const largeBytes = 65_536

/** `dispose` ends the open calls and leaves the connection; `getChannel` is protected. */
const disconnect = async (client: Client): Promise<void> => {
  await client.dispose()
  const channel = await (
    client as unknown as { readonly getChannel: () => Promise<{ close: () => void }> }
  ).getChannel()
  channel.close()
}

/** The store over an EventStoreDB server. Throws when `url` cannot be parsed. */
export const esdbEventStore = ({ url, timeouts, log, onHealth }: Options): EventStore => {
  const settings = { ...defaults, ...timeouts }
  const warn = log?.warn.bind(log) ?? (() => undefined)
  const credentials = appendCredentials(url)
  const closing = new AbortController()
  const connected = connection({
    open: (generation) => EventStoreDBClient.connectionString(connectionString(url, settings, generation)),
    dispose: disconnect,
    onHealth: (healthy, reason) => onHealth?.(healthy, reason),
    minAgeMs: 1_000,
    graceMs: 30_000,
  })

  const ask = async <Err, A>(
    ms: number,
    request: (client: Client) => Promise<A>,
    failure: (error: unknown) => Outcome<Err, A>,
  ): Promise<Outcome<Err, A>> => {
    const since = performance.now()
    const link = connected.current()
    const outcome = await within(ms, request(link.client), link.retired).then(
      (timed) =>
        timed._tag === 'InTime'
          ? clear<Err, A>(E.right(timed.value))
          : unclear(`no answer within ${Math.round(ms)} ms`),
      failure,
    )
    if (outcome._tag === 'Clear') connected.heard(link)
    else connected.suspect(link, since, outcome.error.reason)
    return outcome
  }

  const read = (stream: StreamName, open: (client: Client) => Reading, bytes?: number) =>
    untilClear<ReadError, ReadonlyArray<Recorded>>(settings.read, async (ms) => {
      let reading: Collecting | undefined
      const request = (client: Client) => (reading = collecting(open(client), bytes)).events
      const outcome = await ask(ms, request, (error) => readFailure<ReadonlyArray<Recorded>>(error, stream))
      reading?.end()
      return outcome
    })

  const readStream = (stream: StreamName, fromRevision: bigint, maxCount: number, bytes?: number) =>
    read(stream, (client) => client.readStream(stream, { fromRevision, maxCount }), bytes)

  const readBackwards = (stream: StreamName, fromRevision: bigint | typeof END, maxCount: number, bytes?: number) =>
    read(stream, (client) => client.readStream(stream, { direction: BACKWARDS, fromRevision, maxCount }), bytes)

  const tail = async (): Promise<E.Either<ReadError, Position | undefined>> => {
    const last = await read('$all' as StreamName, (client) =>
      client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true }),
    )
    return E.isLeft(last) ? last : E.right(last.right[0]?.position)
  }

  const placed = async (
    stream: StreamName,
    { revision, position }: Written,
  ): Promise<E.Either<ReadError, Appended>> => {
    if (position !== undefined) return E.right({ revision, position })
    const found = await readStream(stream, revision, 1)
    if (E.isLeft(found)) return found
    const event = found.right[0]
    if (event?.revision === revision) return E.right({ revision, position: event.position })
    const end = await tail()
    return E.isLeft(end) ? end : E.right({ revision, position: end.right ?? { commit: 0n, prepare: 0n } })
  }

  const append = async (
    stream: StreamName,
    expectedRevision: ExpectedRevision,
    { events, bytes }: Encoded,
  ): Promise<E.Either<AppendError, Appended>> => {
    const batch = events.map(jsonEvent)
    const write = async (client: Client, deadline: number): Promise<Written> => {
      const done = await client.appendToStream(stream, batch, { expectedRevision, deadline, credentials })
      return { revision: revision(done.nextExpectedRevision), position: done.position }
    }
    const written = await untilClear<AppendError, Written>(settings.append, async (ms, again) => {
      const outcome = await ask(
        ms,
        (client) => write(client, ms),
        (error) => appendFailure<Written>(error, stream, bytes),
      )
      const refusal = outcome._tag === 'Clear' && E.isLeft(outcome.result) ? outcome.result.left : undefined
      return again && refusal?._tag === 'WrongExpectedRevision'
        ? landedAlready(events, expectedRevision, refusal, (from, count) => readStream(stream, from, count))
        : outcome
    })
    return E.isLeft(written) ? written : placed(stream, written.right)
  }

  const source =
    (prefixes: ReadonlyArray<string>) =>
    async (after: SubscriptionStart, sink: Sink, signal: AbortSignal): Promise<string> => {
      const link: Link<Client> = connected.current()
      const open = (checkpointReached: (position: Position) => void) =>
        link.client.subscribeToAll({
          fromPosition: after === 'start' ? START : after,
          filter: streamNameFilter({
            prefixes: [...prefixes],
            checkpointInterval: 32,
            checkpointReached: (_, position) => checkpointReached(position),
          }),
        })
      const ended = await follow(open, sink, () => connected.heard(link), AbortSignal.any([signal, link.retired]))
      if (!signal.aborted) connected.lost(ended)
      return ended
    }

  return {
    append: (stream, expected, events) => async () => {
      const encoded = encode(stream, events)
      if (E.isLeft(encoded)) return encoded
      // The client encodes once more: others get their turn in between.
      if (encoded.right.bytes > largeBytes) await setImmediate()
      return append(stream, expected, encoded.right)
    },
    readStream:
      (stream, { from, limit, backwards = false, bytes }) =>
      async () => {
        const count = Math.max(1, Math.min(maxPage, limit))
        if (backwards) return readBackwards(stream, from ?? END, count, bytes)
        const found = await readStream(stream, from ?? 0n, count, bytes)
        const first = E.isRight(found) ? found.right[0] : undefined
        // Cut off at the front: what is left would fold to another state.
        return first !== undefined && first.revision > (from ?? 0n) ? E.left({ _tag: 'StreamDeleted', stream }) : found
      },
    tail,
    subscribe: (start, prefixes, signal) => ({
      [Symbol.asyncIterator]: () =>
        resubscribe({
          source: source(prefixes),
          tail,
          start,
          signal: AbortSignal.any([signal, closing.signal]),
          bounds: settings.readAhead,
          backoff: settings.resubscribe,
          warn,
        }),
    }),
    close: () => {
      closing.abort()
      return connected.close()
    },
  }
}
