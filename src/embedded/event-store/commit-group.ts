import { decideWrite } from './decide-write'
import { emptyHead, type Group, startGroup } from './group'
import { type HeadCache, loadHeads } from './heads'
import { insertEvents } from './insert'
import { type StreamHead } from './metadata'
import { partnerOf, type Write, type WriteOutcome } from './model'
import { loadPlaces } from './places'
import { type WriterSession } from './writer-session'

export interface DecidedGroup extends Group {
  readonly outcomes: ReadonlyArray<WriteOutcome>
}

const ticksPerMillisecond = 10_000n

export const ticks = (): bigint => BigInt(Date.now()) * ticksPerMillisecond

/** Checks and numbers the writes in order, each seeing the ones before it. Writes nothing yet. */
export const decideGroup = async (
  { client }: WriterSession,
  cache: HeadCache,
  end: bigint,
  writes: ReadonlyArray<Write>,
): Promise<DecidedGroup> => {
  const heads = new Map<string, StreamHead | undefined>()
  const shared = new Set<string>()
  for (const { stream } of writes)
    for (const name of [stream, partnerOf(stream)])
      if (heads.has(name)) shared.add(name)
      else heads.set(name, cache.get(name))
  const unknown = [...heads].flatMap(([stream, head]) => (head === undefined ? [stream] : []))
  for (const [stream, head] of await loadHeads(client, unknown)) {
    cache.set(stream, head)
    heads.set(stream, head)
  }
  const head = (stream: string) => heads.get(stream) ?? emptyHead
  const places = await loadPlaces(client, writes, (stream) => head(stream).revision)
  const now = ticks()
  const group = startGroup({ end, head, places, isShared: (stream) => shared.has(stream) }, now)
  const outcomes = writes.map((write) => decideWrite(group.view, write, now))
  return { ...group, outcomes }
}

/** Commits: when this resolves, the events are on disk. */
export const commitGroup = async ({ client }: WriterSession, { events }: Group): Promise<void> => {
  if (events.length > 0) await insertEvents(client, events)
}

/** After a connection was lost in the middle of a commit: a group is stored whole or not at all. */
export const isCommitted = async ({ client }: WriterSession, { events }: Group): Promise<boolean> => {
  const first = events[0]
  if (first === undefined) return true
  const { rowCount } = await client.query('select 1 from event_log where position = $1 and id = $2', [
    first.position,
    first.id,
  ])
  return rowCount === 1
}
