import type { Delivery, EventStore, Position, SubscriptionStart } from '../domain/event-store'
import { comparePositions } from '../domain/position'

type Subscribe = EventStore['subscribe']

/** Deliveries kept for members that are slower than the others; who falls further behind reads for itself again. */
const keptAtMost = 2_000

const positionOf = (delivery: Delivery): Position | undefined =>
  delivery._tag === 'Event' ? delivery.event.position : delivery._tag === 'Checkpoint' ? delivery.position : undefined

const isAfter = (position: Position, last: SubscriptionStart): boolean =>
  last === 'start' || comparePositions(position, last) > 0

/** One subscription at the end of the log, from where its first member stood. */
type Tail = {
  readonly stop: AbortController
  readonly kept: Array<Delivery>
  /** The number of the first delivery kept, and everything up to where is no longer. */
  first: number
  goneTo: SubscriptionStart
  members: number
  over: boolean
  readonly waiting: Set<() => void>
}

const wakeAll = ({ waiting }: Tail): void => {
  for (const go of [...waiting]) go()
}

const news = (tail: Tail, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      tail.waiting.delete(go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    tail.waiting.add(go)
    signal.addEventListener('abort', go)
    if (signal.aborted) go()
  })

/**
 * `subscribe` for several readers of the same streams in one process: each catches up for itself, and at the end of the log all share one subscription, so
 * that an event is sent and parsed once. Each is given what `subscribe` would give it: all after its start, in order, once.
 */
export const sharedTail = (subscribe: Subscribe, prefixes: ReadonlyArray<string>): Subscribe => {
  let current: Tail | undefined

  const fill = async (tail: Tail, start: SubscriptionStart): Promise<void> => {
    try {
      for await (const delivery of subscribe(start, prefixes, tail.stop.signal)) {
        // Each member finds out for itself that the log is another one.
        if (delivery._tag === 'BeyondTail') break
        tail.kept.push(delivery)
        if (tail.kept.length > keptAtMost) {
          const gone = tail.kept.shift()
          tail.first += 1
          tail.goneTo = (gone === undefined ? undefined : positionOf(gone)) ?? tail.goneTo
        }
        wakeAll(tail)
      }
    } finally {
      tail.over = true
      if (current === tail) current = undefined
      wakeAll(tail)
    }
  }

  const open = (start: SubscriptionStart): Tail => {
    const tail: Tail = {
      stop: new AbortController(),
      kept: [],
      first: 0,
      goneTo: start,
      members: 0,
      over: false,
      waiting: new Set(),
    }
    current = tail
    // A subscription that throws ends for its members too, who then meet the same for themselves.
    fill(tail, start).catch(() => undefined)
    return tail
  }

  /** Undefined when what comes after `last` is not all there any more. */
  const join = (last: SubscriptionStart): Tail | undefined => {
    const tail = current ?? open(last)
    if (tail.goneTo !== 'start' && isAfter(tail.goneTo, last)) return undefined
    tail.members += 1
    return tail
  }
  const leave = (tail: Tail): void => {
    tail.members -= 1
    if (tail.members > 0) return
    if (current === tail) current = undefined
    tail.stop.abort()
  }

  return async function* (start, _, signal) {
    const isOver = () => signal.aborted
    let last = start
    const passed = (delivery: Delivery): boolean => {
      const position = positionOf(delivery)
      if (position === undefined) return true
      if (!isAfter(position, last)) return false
      last = position
      return true
    }
    while (!isOver()) {
      let live = false
      for await (const delivery of subscribe(last, prefixes, signal)) {
        if (passed(delivery)) yield delivery
        if (delivery._tag === 'BeyondTail') return
        live = delivery._tag === 'CaughtUp'
        if (live) break
      }
      // The subscription is over, as the shared one may be below: whoever asked decides what next.
      if (!live) return
      const tail = join(last)
      if (tail === undefined) continue
      try {
        for (let at = tail.first; !isOver() && at >= tail.first;) {
          const delivery = tail.kept[at - tail.first]
          if (delivery !== undefined) {
            at += 1
            if (passed(delivery)) yield delivery
          } else if (tail.over) return
          else await news(tail, signal)
        }
      } finally {
        leave(tail)
      }
    }
  }
}
