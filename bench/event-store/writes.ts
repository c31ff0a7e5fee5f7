import { randomUUID } from 'node:crypto'
import { EventStoreDBClient } from '@eventstore/db-client'
import { Pool } from 'pg'
import { newEvent } from './event'
import { type Rate, repeat } from './rate'
import type { UnderTest } from './servers'

export type Writes = {
  readonly callers: number
  /** One event per append, each caller waiting for its answer. */
  readonly append: Rate
  /** The same appends to a server that keeps nothing: the client's own limit. */
  readonly silent: Rate
  /** The same events as plain autocommitted INSERTs, at most 16 connections. */
  readonly insert: Rate
}

const callerCounts = [1, 64, 256]
const warmUpSeconds = 3
const seconds = 4
export const mostConnections = 16

/** Each caller appends to a stream of its own, at the exact revision. */
const appendingTo = (client: EventStoreDBClient, callers: number) => {
  const streams = Array.from({ length: callers }, () => ({ name: `bench-${randomUUID()}`, revision: -1n }))
  return async (index: number): Promise<void> => {
    const stream = streams[index] ?? { name: '', revision: -1n }
    const expectedRevision = stream.revision < 0n ? 'no_stream' : stream.revision
    const { nextExpectedRevision } = await client.appendToStream(stream.name, newEvent(), { expectedRevision })
    stream.revision = nextExpectedRevision
  }
}

const insertingInto = (pool: Pool, callers: number) => {
  const streams = Array.from({ length: callers }, () => ({ name: `bench-${randomUUID()}`, revision: -1 }))
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
  return async (index: number): Promise<void> => {
    const stream = streams[index] ?? { name: '', revision: -1 }
    const event = newEvent()
    stream.revision += 1
    await pool.query({
      name: 'bench-insert',
      text: 'insert into bench_insert (stream, revision, id, type, data, metadata) values ($1, $2, $3, $4, $5, $6)',
      values: [stream.name, stream.revision, event.id, event.type, bytes(event.data), bytes(event.metadata)],
    })
  }
}

/** In turns, so that all columns of a row meet the same machine; warmed up, so that all programs are compiled. */
export const measureWrites = async ({ url, silentUrl, databaseUrl }: UnderTest): Promise<ReadonlyArray<Writes>> => {
  const client = EventStoreDBClient.connectionString(url)
  const silently = EventStoreDBClient.connectionString(silentUrl)
  const pool = new Pool({ connectionString: databaseUrl, max: mostConnections })
  await pool.query(`create table bench_insert (
    position bigserial primary key, stream text, revision bigint, id uuid, type text, data bytea, metadata bytea,
    unique (stream, revision))`)
  const measure = async (callers: number, each: number): Promise<Writes> => ({
    callers,
    append: await repeat(callers, each, appendingTo(client, callers)),
    silent: await repeat(callers, each, appendingTo(silently, callers)),
    insert: await repeat(callers, each, insertingInto(pool, callers)),
  })
  await measure(64, warmUpSeconds)
  const rows: Writes[] = []
  for (const callers of callerCounts) rows.push(await measure(callers, seconds))
  await pool.end()
  await client.dispose()
  await silently.dispose()
  return rows
}
