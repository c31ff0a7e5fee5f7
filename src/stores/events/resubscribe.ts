import * as E from 'fp-ts/Either'
import type { Delivery, Position, ReadError, SubscriptionStart } from '../../domain/event-store'
import { comparePositions, formatPosition } from '../../domain/position'
import { type Backoff, delayAfter } from '../../domain/backoff'
import { acceptCheckpoint } from './checkpoint'
import { pause } from './deadline'
import { type Bounds, type ReadAhead, readAhead } from './read-ahead'
import type { Sink } from './subscription'

export type Supervised = {
  /** One subscription at the server. Resolves with why it ended, whatever the reason; never rejects. */
  readonly source: (after: SubscriptionStart, sink: Sink, signal: AbortSignal) => Promise<string>
  readonly tail: () => Promise<E.Either<ReadError, Position | undefined>>
  readonly start: SubscriptionStart
  readonly signal: AbortSignal
  readonly bounds: Bounds
  readonly backoff: Backoff
  readonly warn: (fields: object, message: string) => void
}

const isAfter = (position: Position, other: SubscriptionStart): boolean =>
  other === 'start' || comparePositions(position, other) > 0

const pump = async ({ source, tail, start, signal, backoff, warn }: Supervised, queue: ReadAhead): Promise<void> => {
  let after = start
  let lastEvent = start
  let failures = 0
  let down = false
  const stopped = () => signal.aborted
  const checkpoints = acceptCheckpoint(tail, warn)
  const sink: Sink = {
    full: queue.full,
    room: queue.room,
    event: (event) => {
      down = false
      if (!isAfter(event.position, lastEvent)) {
        warn({ position: formatPosition(event.position) }, 'an event came twice')
        return
      }
      lastEvent = event.position
      if (isAfter(event.position, after)) after = event.position
      else warn({ position: formatPosition(event.position) }, 'an event came behind a checkpoint')
      queue.push({ _tag: 'Event', event })
    },
    checkpoint: (position) =>
      checkpoints(position, after, () => {
        if (stopped() || !isAfter(position, after)) return
        after = position
        queue.push({ _tag: 'Checkpoint', position })
      }),
    caughtUp: () => {
      down = false
      queue.push({ _tag: 'CaughtUp' })
    },
  }
  const attempt = async (): Promise<string | { readonly beyond: Position | undefined }> => {
    if (after === 'start') return source(after, sink, signal)
    const end = await tail()
    if (E.isLeft(end)) return `${end.left._tag} when reading the tail`
    if (end.right === undefined || isAfter(after, end.right)) return { beyond: end.right }
    return source(after, sink, signal)
  }
  while (!stopped()) {
    const before = after
    const began = performance.now()
    const ended = await attempt()
    if (stopped()) return
    if (typeof ended !== 'string') {
      queue.push({ _tag: 'BeyondTail', tail: ended.beyond })
      return
    }
    const lived = after !== before || performance.now() - began > backoff.maxMs
    failures = lived ? 1 : failures + 1
    if (!down) queue.push({ _tag: 'Dropped', reason: ended })
    down = true
    warn({ reason: ended, failures }, 'subscription dropped')
    await queue.room()
    await pause(delayAfter(backoff, failures, Math.random()), signal)
  }
}

/** Takes the subscription up again after every end, from the last position handed over, until `signal` aborts or the log is found to be another. */
export async function* resubscribe(how: Supervised): AsyncGenerator<Delivery, void, undefined> {
  const stop = new AbortController()
  const signal = AbortSignal.any([how.signal, stop.signal])
  const queue = readAhead(how.bounds)
  const discard = () => queue.end('discard')
  if (signal.aborted) return
  signal.addEventListener('abort', discard, { once: true })
  const pumping = pump({ ...how, signal }, queue).finally(() => queue.end())
  pumping.catch(() => undefined)
  try {
    for (let next = await queue.next(); next !== undefined; next = await queue.next()) yield next
  } finally {
    stop.abort()
    await pumping
  }
}
