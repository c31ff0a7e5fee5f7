import { type LogView, type Place } from './decide-write'
import { jsonObject, type StreamHead } from './metadata'
import { type EventRecord, isMetastream, noEvents } from './model'
import { placeKey, type Places } from './places'

/** What a group of writes has decided: events not yet inserted, and the heads they lead to. */
export interface Group {
  readonly view: LogView
  readonly events: ReadonlyArray<EventRecord>
  readonly heads: ReadonlyMap<string, StreamHead>
}

export interface Committed {
  readonly end: bigint
  readonly head: (stream: string) => StreamHead
  readonly places: Places
  /** Whether a later write of the group may look for events that an earlier one has added. */
  readonly isShared: (stream: string) => boolean
}

export const startGroup = (committed: Committed, now: bigint): Group => {
  const events: EventRecord[] = []
  const heads = new Map<string, StreamHead>()
  const byId = new Map<string, Place>()
  const byRevision = new Map<string, Place>()

  const add: LogView['add'] = (stream, revision, proposed) => {
    const position = committed.end + 1n + BigInt(events.length)
    const event: EventRecord = { ...proposed, position, stream, revision, created: now + BigInt(events.length) }
    const newest = isMetastream(stream) ? jsonObject(event) : undefined
    events.push(event)
    heads.set(stream, { revision, ...(newest === undefined ? {} : { newest }) })
    if (!committed.isShared(stream)) return position
    const id = placeKey(stream, event.id)
    if (!byId.has(id)) byId.set(id, event)
    byRevision.set(placeKey(stream, revision), event)
    return position
  }

  const view: LogView = {
    head: (stream) => heads.get(stream) ?? committed.head(stream),
    firstWith: (stream, id) => committed.places.byId.get(placeKey(stream, id)) ?? byId.get(placeKey(stream, id)),
    at: (stream, revision) =>
      byRevision.get(placeKey(stream, revision)) ?? committed.places.byRevision.get(placeKey(stream, revision)),
    end: () => committed.end + BigInt(events.length),
    add,
  }
  return { view, events, heads }
}

export const emptyHead: StreamHead = { revision: noEvents }
