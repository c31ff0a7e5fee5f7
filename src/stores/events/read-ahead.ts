import type { Delivery } from '../../domain/event-store'
import { bytesOfEvent } from './rough-bytes'

export type Bounds = { readonly events: number; readonly bytes: number }

/** A place between the client, which must be read fast, and a consumer, which may be slow. Deliveries leave in the order they came. */
export type ReadAhead = {
  readonly push: (delivery: Delivery) => void
  readonly full: () => boolean
  /** When full: resolves when half of it is free, or at the end. */
  readonly room: () => Promise<void>
  /** Resolves to undefined at the end. */
  readonly next: () => Promise<Delivery | undefined>
  /** No more deliveries; with `discard`, those waiting are dropped too. */
  readonly end: (how?: 'discard') => void
}

const bytesOf = (delivery: Delivery): number => (delivery._tag === 'Event' ? bytesOfEvent(delivery.event) : 0)

export const readAhead = (bounds: Bounds): ReadAhead => {
  let waiting: Array<{ delivery: Delivery; bytes: number }> = []
  let head = 0
  let [events, bytes, ended] = [0, 0, false]
  let wakeReader: (() => void) | undefined
  let wakeWriters: Array<() => void> = []
  const full = () => !ended && (events >= bounds.events || bytes >= bounds.bytes)
  const roomy = () => events <= bounds.events / 2 && bytes <= bounds.bytes / 2
  const wakeAll = () => {
    wakeReader?.()
    for (const wake of wakeWriters.splice(0)) wake()
  }
  const take = (): Delivery | undefined => {
    const first = waiting[head]
    if (first === undefined) return undefined
    head += 1
    if (head > 1024 || head === waiting.length) {
      waiting = waiting.slice(head)
      head = 0
    }
    events -= first.delivery._tag === 'Event' ? 1 : 0
    bytes -= first.bytes
    if (roomy()) for (const wake of wakeWriters.splice(0)) wake()
    return first.delivery
  }
  return {
    push: (delivery) => {
      if (ended) return
      const last = waiting.at(-1)
      // Of controls in a row only the last says something: so they cannot pile up before a consumer that stands still.
      if (
        last !== undefined &&
        waiting.length > head &&
        delivery._tag !== 'Event' &&
        last.delivery._tag === delivery._tag
      )
        last.delivery = delivery
      else waiting.push({ delivery, bytes: bytesOf(delivery) })
      if (delivery._tag === 'Event') {
        events += 1
        bytes += waiting.at(-1)?.bytes ?? 0
      }
      wakeReader?.()
    },
    full,
    room: () => (full() ? new Promise((resolve) => wakeWriters.push(resolve)) : Promise.resolve()),
    next: async () => {
      for (;;) {
        const delivery = take()
        if (delivery !== undefined || ended) return delivery
        await new Promise<void>((resolve) => (wakeReader = resolve))
        wakeReader = undefined
      }
    },
    end: (how) => {
      ended = true
      if (how === 'discard') [waiting, head, events, bytes] = [[], 0, 0, 0]
      wakeAll()
      wakeWriters = []
    },
  }
}
