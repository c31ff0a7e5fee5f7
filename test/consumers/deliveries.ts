import type { Lease } from '../../src/consumers/checkpoint'
import type { Delivery, Position, Recorded, SubscriptionStart } from '../../src/domain/event-store'
import { comparePositions } from '../../src/domain/position'
import { logOf } from '../support/arbitraries'
import { created, executionId, started } from '../support/runs'

export const position = (n: number): Position => ({ commit: BigInt(n), prepare: BigInt(n) })

/** Events of one stream at positions 1 to `n`. */
export const eventsTo = (n: number): ReadonlyArray<Recorded> =>
  logOf(Array.from({ length: n }, (_, i) => ({ of: executionId, event: i === 0 ? created : started })))

export const delivered = (event: Recorded): Delivery => ({ _tag: 'Event', event })
export const checkpointAt = (n: number): Delivery => ({ _tag: 'Checkpoint', position: position(n) })

const positionIn = (delivery: Delivery): Position | undefined =>
  delivery._tag === 'Event' ? delivery.event.position : delivery._tag === 'Checkpoint' ? delivery.position : undefined

export type Feed = {
  readonly subscribe: (
    start: SubscriptionStart,
    prefixes: ReadonlyArray<string>,
    signal: AbortSignal,
  ) => AsyncIterable<Delivery>
  readonly starts: ReadonlyArray<SubscriptionStart>
  readonly give: (...deliveries: ReadonlyArray<Delivery>) => void
}

/** A log that the test writes delivery by delivery; each subscription gets those after its start. */
export const feed = (...first: ReadonlyArray<Delivery>): Feed => {
  const given: Delivery[] = [...first]
  const starts: SubscriptionStart[] = []
  let wake: Array<() => void> = []
  const wakeAll = () => {
    for (const go of wake) go()
    wake = []
  }
  const isAfter = (delivery: Delivery, start: SubscriptionStart) => {
    const at = positionIn(delivery)
    return at === undefined || start === 'start' || comparePositions(at, start) > 0
  }
  return {
    starts,
    give: (...deliveries) => {
      given.push(...deliveries)
      wakeAll()
    },
    subscribe: async function* (start, _, signal) {
      starts.push(start)
      signal.addEventListener('abort', wakeAll, { once: true })
      for (let i = 0; !signal.aborted;) {
        const next = given[i]
        if (next === undefined) await new Promise<void>((resolve) => wake.push(resolve))
        else {
          i += 1
          if (isAfter(next, start)) yield next
        }
      }
    },
  }
}

/** A lease that nobody else wants; each take goes on at the next of `starts`, the last one again and again. */
export const freeLease = (...starts: ReadonlyArray<SubscriptionStart>): Lease => {
  let taken = 0
  return {
    take: () => Promise.resolve(starts[Math.min(taken++, starts.length - 1)] ?? 'start'),
    renew: () => Promise.resolve(),
    release: () => Promise.resolve(),
    isHeld: () => true,
  }
}
