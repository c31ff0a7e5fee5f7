import { Pool } from 'pg'
import { loadHeads } from './heads'
import { type StreamHead } from './metadata'
import { type EventRecord } from './model'
import { columns, type EventRow, recordOf } from './rows'
import { plannerOptions } from './schema'

/** Events from the database, in pages bounded in number and bytes. Bounds are inclusive. */
export interface Reader {
  readonly all: (range: AllRange) => Promise<ReadonlyArray<EventRecord>>
  readonly stream: (stream: string, range: StreamRange) => Promise<ReadonlyArray<EventRecord>>
  readonly events: (
    places: ReadonlyArray<{ readonly stream: string; readonly revision: bigint }>,
  ) => Promise<ReadonlyArray<EventRecord>>
  readonly heads: (streams: ReadonlyArray<string>) => Promise<ReadonlyMap<string, StreamHead>>
  readonly close: () => Promise<void>
}

export type Direction = 'forwards' | 'backwards'

export interface AllRange {
  readonly low: bigint
  readonly high: bigint
  readonly direction: Direction
  readonly limit: number
}

export interface StreamRange extends AllRange {
  readonly createdFrom: bigint
}

const pageBytes = 2 * 1024 * 1024

const page = (where: string, key: string, order: string, limit: string): string => `
  select ${columns} from (
    select *, sum(octet_length(data) + octet_length(metadata)) over (order by ${key} ${order}) as bytes_with
    from (select ${columns} from event_log where ${where} order by ${key} ${order} limit ${limit}) as candidates
  ) as sized where bytes_with - octet_length(data) - octet_length(metadata) < ${pageBytes} order by ${key} ${order}`

const orders = { forwards: 'asc', backwards: 'desc' } as const

const allSql = (direction: Direction) => page('position between $1 and $2', 'position', orders[direction], '$3')

const streamSql = (direction: Direction) =>
  page('stream = $4 and revision between $1 and $2 and created >= $5', 'revision', orders[direction], '$3')

const eventsSql = `select event.* from unnest($1::text[], $2::bigint[]) as wanted (stream, revision) cross join lateral (
  select ${columns} from event_log where stream = wanted.stream and revision = wanted.revision limit 1) as event`

const connections = 8

export const openReader = (databaseUrl: string): Reader => {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'event-store reader',
    max: connections,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    options: plannerOptions,
  })
  pool.on('error', () => undefined)

  const query = async (name: string, text: string, values: unknown[]): Promise<ReadonlyArray<EventRecord>> => {
    const { rows } = await pool.query({ name, text, values, rowMode: 'array' })
    return (rows as unknown as ReadonlyArray<EventRow>).map(recordOf)
  }

  return {
    all: ({ low, high, direction, limit }) => query(`all-${direction}`, allSql(direction), [low, high, limit]),
    stream: (stream, { low, high, direction, limit, createdFrom }) =>
      query(`stream-${direction}`, streamSql(direction), [low, high, limit, stream, createdFrom]),
    events: (places) =>
      query('events', eventsSql, [places.map((place) => place.stream), places.map((place) => place.revision)]),
    heads: (streams) => loadHeads(pool, streams),
    close: () => pool.end(),
  }
}
