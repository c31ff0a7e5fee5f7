import { type ClientBase } from 'pg'
import { type Place } from './decide-write'
import { noEvents, type Write } from './model'

/** Looks up places by stream and id, or by stream and revision. */
export interface Places {
  readonly byId: ReadonlyMap<string, Place>
  readonly byRevision: ReadonlyMap<string, Place>
}

interface Wanted {
  readonly streams: ReadonlyArray<string>
  readonly keys: ReadonlyArray<string | bigint>
}

type PlaceRow = readonly [stream: string, id: string, revision: string, position: string, created: string]

export const placeKey = (stream: string, key: string | bigint): string => `${key}@${stream}`

const placeOf = ([, id, revision, position, created]: PlaceRow): Place => ({
  id,
  revision: BigInt(revision),
  position: BigInt(position),
  created: BigInt(created),
})

const placeSql = (keyType: string, key: string): string => `
  select place.* from unnest($1::text[], $2::${keyType}[]) as wanted (stream, ${key}) cross join lateral (
    select stream, id, revision, position, created from event_log
    where stream = wanted.stream and ${key} = wanted.${key} order by revision limit 1
  ) as place`

const load = async (db: Pick<ClientBase, 'query'>, name: string, text: string, wanted: Wanted) => {
  if (wanted.streams.length === 0) return []
  const { rows } = await db.query({ name, text, values: [wanted.streams, wanted.keys], rowMode: 'array' })
  return rows as unknown as ReadonlyArray<PlaceRow>
}

const flatten = (pairs: ReadonlyArray<readonly [stream: string, key: string | bigint]>): Wanted => ({
  streams: pairs.map(([stream]) => stream),
  keys: pairs.map(([, key]) => key),
})

/** What the decision about these writes needs beyond the heads: nothing, when all expect the current revision. */
export const loadPlaces = async (
  db: Pick<ClientBase, 'query'>,
  writes: ReadonlyArray<Write>,
  revisionOf: (stream: string) => bigint,
): Promise<Places> => {
  const appends = writes.flatMap((write) =>
    write._tag === 'Append' && revisionOf(write.stream) !== noEvents ? [write] : [],
  )
  const ids = appends.flatMap((write) =>
    write.expected === 'any' || write.expected === 'exists'
      ? write.events.map((event) => [write.stream, event.id] as const)
      : [],
  )
  const revisions = appends.flatMap((write) => {
    const expected = write.expected === 'no_stream' ? noEvents : write.expected
    if (typeof expected === 'string' || expected >= revisionOf(write.stream)) return []
    return write.events.map((_, index) => [write.stream, expected + 1n + BigInt(index)] as const)
  })
  const byId = await load(db, 'places-by-id', placeSql('uuid', 'id'), flatten(ids))
  const byRevision = await load(db, 'places-by-revision', placeSql('bigint', 'revision'), flatten(revisions))
  return {
    byId: new Map(byId.map((row) => [placeKey(row[0], row[1]), placeOf(row)])),
    byRevision: new Map([...byId, ...byRevision].map((row) => [placeKey(row[0], BigInt(row[2])), placeOf(row)])),
  }
}
