import { type EventRecord } from './model'
import { sizeOf } from './rows'

/** The newest events of the log in memory, bounded in bytes, and who waits for more. */
export interface Tail {
  /** The position of the last committed event, 0 for an empty log. */
  readonly end: () => bigint
  /** At most `limit` events after a position, or undefined when they reach further back than the tail does. */
  readonly after: (position: bigint, limit: number) => ReadonlyArray<EventRecord> | undefined
  readonly publish: (events: ReadonlyArray<EventRecord>) => void
  /** Forgets the events and starts from a position read from the database. */
  readonly reset: (end: bigint) => void
  /** Calls back after commits that touch the stream, or after all commits. Returns how to stop. */
  readonly listen: (stream: string | undefined, onCommit: () => void) => () => void
}

export const createTail = (maxBytes: number): Tail => {
  let events: EventRecord[] = []
  let bytes = 0
  let end = 0n
  const listeners = new Map<string | undefined, Set<() => void>>()

  const trim = () => {
    if (bytes <= maxBytes * 1.25) return
    let dropped = 0
    for (const event of events) {
      if (bytes <= maxBytes) break
      bytes -= sizeOf(event)
      dropped += 1
    }
    events = events.slice(dropped)
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
    publish: (added) => {
      for (const event of added) {
        events.push(event)
        bytes += sizeOf(event)
        end = event.position
      }
      trim()
      for (const stream of new Set(added.map((event) => event.stream))) call(stream)
      call(undefined)
    },
    reset: (newEnd) => {
      if (newEnd === end) return
      ;[events, bytes, end] = [[], 0, newEnd]
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
