import { type EventRecord } from './model'
import { least, most } from './bounds'
import { type AllRange } from './reader'
import { sizeOf } from './rows'

/** The newest events of the log in memory, bounded in bytes, and who waits for more. */
export interface Tail {
  /** The position of the last committed event, 0 for an empty log. */
  readonly end: () => bigint
  /** At most `limit` events after a position, or undefined when they reach further back than the tail does. */
  readonly after: (position: bigint, limit: number) => ReadonlyArray<EventRecord> | undefined
  /** A page of a stream, or undefined when not all of it is in the tail. */
  readonly ofStream: (stream: string, range: AllRange) => ReadonlyArray<EventRecord> | undefined
  readonly publish: (events: ReadonlyArray<EventRecord>) => void
  /** Forgets the events and starts from a position read from the database. */
  readonly reset: (end: bigint) => void
  /** How often it was set back: who read before has seen what is no longer there. */
  readonly restored: () => number
  /** Calls back after commits that touch the stream, or after all commits. Returns how to stop. */
  readonly listen: (stream: string | undefined, onCommit: () => void) => () => void
}

export const createTail = (maxBytes: number): Tail => {
  let events: EventRecord[] = []
  const byStream = new Map<string, EventRecord[]>()
  let bytes = 0
  let end = 0n
  let restored = 0
  const listeners = new Map<string | undefined, Set<() => void>>()

  const trim = () => {
    if (bytes <= maxBytes * 1.25) return
    const dropped = new Map<string, number>()
    let count = 0
    for (const event of events) {
      if (bytes <= maxBytes) break
      bytes -= sizeOf(event)
      count += 1
      dropped.set(event.stream, (dropped.get(event.stream) ?? 0) + 1)
    }
    events = events.slice(count)
    for (const [stream, gone] of dropped) {
      const kept = byStream.get(stream)?.slice(gone) ?? []
      if (kept.length > 0) byStream.set(stream, kept)
      else byStream.delete(stream)
    }
  }

  const call = (stream: string | undefined) => {
    for (const listener of listeners.get(stream) ?? []) listener()
  }

  return {
    end: () => end,
    after: (position, limit) => {
      if (position >= end) return []
      const missed = Number(end - position)
      if (missed > events.length) return undefined
      return events.slice(events.length - missed, events.length - missed + limit)
    },
    ofStream: (stream, { low, high, direction, limit }) => {
      const held = byStream.get(stream) ?? []
      const first = held[0]?.revision
      const last = held.at(-1)?.revision
      const some = BigInt(limit) - 1n
      const from = direction === 'forwards' ? low : most(low, high - some)
      const to = direction === 'forwards' ? least(high, low + some) : high
      if (first === undefined || last === undefined || first > from || last < to) return undefined
      const page = held.slice(Number(from - first), Number(to - first) + 1)
      return direction === 'forwards' ? page : page.reverse()
    },
    publish: (added) => {
      for (const event of added) {
        events.push(event)
        const ofStream = byStream.get(event.stream)
        if (ofStream === undefined) byStream.set(event.stream, [event])
        else ofStream.push(event)
        bytes += sizeOf(event)
        end = event.position
      }
      trim()
      for (const stream of new Set(added.map((event) => event.stream))) call(stream)
      call(undefined)
    },
    restored: () => restored,
    reset: (newEnd) => {
      if (newEnd === end) return
      if (newEnd < end) restored += 1
      ;[events, bytes, end] = [[], 0, newEnd]
      byStream.clear()
      for (const stream of listeners.keys()) call(stream)
    },
    listen: (stream, onCommit) => {
      const set = listeners.get(stream) ?? new Set()
      listeners.set(stream, set.add(onCommit))
      return () => {
        set.delete(onCommit)
        if (set.size === 0 && listeners.get(stream) === set) listeners.delete(stream)
      }
    },
  }
}
