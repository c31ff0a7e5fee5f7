import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { Pool } from 'pg'
import { startPostgres } from '../test/embedded/event-store/postgres'

export interface Rate {
  readonly callers: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface EventStoreFigures {
  /** One event per append, each caller waiting for its answer. */
  readonly appends: ReadonlyArray<Rate>
  /** The same appends to a server that keeps nothing: the client's own limit. */
  readonly silent: ReadonlyArray<Rate>
  /** The same events as plain autocommitted INSERTs, at most 16 connections. */
  readonly inserts: ReadonlyArray<Rate>
  /** Events per second. */
  readonly largeAppends: number
  readonly streamRead: number
  readonly allRead: number
  readonly allCatchUp: number
  /** From the call of append to the event in a subscription to $all. */
  readonly liveP50Ms: number
  readonly liveP99Ms: number
}

interface EventStoreUnderTest {
  /** Connection strings of the event store, and of a server that keeps nothing. */
  readonly url: string
  readonly silentUrl: string
  /** A database of the same PostgreSQL server, for the comparison. */
  readonly databaseUrl: string
  readonly secondsEach?: number
}

const callerCounts = [1, 64, 256] as const
const mostConnections = 16
const largeAppend = 2500

const data = () => ({
  order: randomUUID(),
  note: 'about as much as a small event holds',
  amounts: [12, 7, 1999],
  paid: true,
})
const newEvent = () => jsonEvent({ type: 'OrderPlaced', data: data(), metadata: { $correlationId: randomUUID() } })

const quantile = (sorted: ReadonlyArray<number>, q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN

const spread = (values: ReadonlyArray<number>) => {
  const sorted = values.toSorted((a, b) => a - b)
  return { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) }
}

/** Each caller does the work again and again, one at a time, until the time is over. */
const repeat = async (callers: number, seconds: number, work: (caller: number) => Promise<unknown>): Promise<Rate> => {
  const took: number[] = []
  const start = performance.now()
  const until = start + seconds * 1000
  const caller = async (index: number) => {
    for (let from = performance.now(); from < until; from = performance.now()) {
      await work(index)
      took.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)))
  return { callers, perSecond: (took.length * 1000) / (performance.now() - start), ...spread(took) }
}

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

/** In turns, so that all columns of a row meet the same machine; warmed up, so that both programs are compiled. */
const measureWrites = async (client: EventStoreDBClient, silentUrl: string, databaseUrl: string, seconds: number) => {
  const silently = EventStoreDBClient.connectionString(silentUrl)
  const pool = new Pool({ connectionString: databaseUrl, max: mostConnections })
  await pool.query(`drop table if exists bench_insert; create table bench_insert (
    position bigserial primary key, stream text, revision bigint, id uuid, type text, data bytea, metadata bytea,
    unique (stream, revision))`)
  await repeat(64, 3, appendingTo(client, 64))
  await repeat(64, 3, appendingTo(silently, 64))
  await repeat(64, 1, insertingInto(pool, 64))
  const silent: Rate[] = []
  const appends: Rate[] = []
  const inserts: Rate[] = []
  for (const callers of callerCounts) {
    appends.push(await repeat(callers, seconds, appendingTo(client, callers)))
    silent.push(await repeat(callers, seconds, appendingTo(silently, callers)))
    inserts.push(await repeat(callers, seconds, insertingInto(pool, callers)))
  }
  await pool.query('drop table bench_insert')
  await pool.end()
  await silently.dispose()
  return { appends, silent, inserts }
}

const perSecond = async (work: () => Promise<number>): Promise<number> => {
  const start = performance.now()
  const count = await work()
  return (count * 1000) / (performance.now() - start)
}

const count = async (events: AsyncIterable<unknown>): Promise<number> => {
  let seen = 0
  for await (const _ of events) seen += 1
  return seen
}

const measureReads = async (client: EventStoreDBClient, stream: string) => ({
  streamRead: await perSecond(() => count(client.readStream(stream))),
  allRead: await perSecond(() => count(client.readAll({ maxCount: 50_000 }))),
  allCatchUp: await perSecond(
    () =>
      new Promise<number>((resolve, reject) => {
        let seen = 0
        const subscription = client.subscribeToAll()
        subscription.on('error', reject)
        subscription.on('data', () => {
          seen += 1
          if (seen === 50_000) void subscription.unsubscribe().then(() => resolve(seen))
        })
      }),
  ),
})

const measureLive = async (client: EventStoreDBClient): Promise<ReturnType<typeof spread>> => {
  const started = new Map<string, number>()
  const took: number[] = []
  const subscription = client.subscribeToAll({ fromPosition: 'end' })
  await new Promise((resolve) => subscription.once('caughtUp', resolve))
  subscription.on('data', ({ event }) => {
    const from = started.get(event?.id ?? '')
    if (from !== undefined) took.push(performance.now() - from)
  })
  const stream = `bench-live-${randomUUID()}`
  for (let n = 0; n < 500; n += 1) {
    const event = newEvent()
    started.set(event.id, performance.now())
    await client.appendToStream(stream, event)
    await new Promise((resolve) => setTimeout(resolve, 4))
  }
  await subscription.unsubscribe()
  return spread(took)
}

/** Measures a running event store through the official client. Writes events of its own to it. */
const measureEventStore = async (store: EventStoreUnderTest): Promise<EventStoreFigures> => {
  const { url, silentUrl, databaseUrl, secondsEach = 4 } = store
  const client = EventStoreDBClient.connectionString(url)
  try {
    const writes = await measureWrites(client, silentUrl, databaseUrl, secondsEach)
    const stream = `bench-large-${randomUUID()}`
    const largeAppends = await perSecond(async () => {
      for (let n = 0; n < 20; n += 1) await client.appendToStream(stream, Array.from({ length: largeAppend }, newEvent))
      return 20 * largeAppend
    })
    const reads = await measureReads(client, stream)
    const live = await measureLive(client)
    return { ...writes, largeAppends, ...reads, liveP50Ms: live.p50Ms, liveP99Ms: live.p99Ms }
  } finally {
    await client.dispose()
  }
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const ms = (value: number): string => `${value.toFixed(1)} ms`

const cell = ({ perSecond: rate, p50Ms, p99Ms }: Rate) => `${whole(rate)}/s (p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)})`

const writeLine =
  ({ appends, silent, inserts }: EventStoreFigures) =>
  (callers: number, index: number) => {
    const [append, limit, insert] = [appends[index], silent[index], inserts[index]]
    if (append === undefined || limit === undefined || insert === undefined) return ''
    const share = `${Math.round((100 * append.perSecond) / limit.perSecond)} %`
    const connections = Math.min(callers, mostConnections)
    return `| appends, callers: ${callers} | ${cell(append)} | ${cell(limit)}, so ${share} of it | ${cell(insert)}, connections: ${connections} |`
  }

/** Lines of a Markdown table. */
export const eventStoreTable = (figures: EventStoreFigures): ReadonlyArray<string> => [
  '| measure | event store | a server that keeps nothing | plain INSERT, autocommit |',
  '| --- | --- | --- | --- |',
  ...callerCounts.map(writeLine(figures)),
  `| appends of ${largeAppend} events | ${whole(figures.largeAppends)} events/s | | |`,
  `| read of a stream | ${whole(figures.streamRead)} events/s | | |`,
  `| read of $all | ${whole(figures.allRead)} events/s | | |`,
  `| catch-up of a subscription to $all | ${whole(figures.allCatchUp)} events/s | | |`,
  `| live, append to event | p50 ${ms(figures.liveP50Ms)}, p99 ${ms(figures.liveP99Ms)} | | |`,
]

const readyUrl = (server: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    if (server.stdout === null) return
    server.once('exit', () => reject(new Error('the event store did not start')))
    createInterface({ input: server.stdout }).on('line', (line) => {
      const url = /esdb:\S+/.exec(line)?.[0]
      if (url !== undefined) resolve(url)
    })
  })

const withServer = async <A>(
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  work: (url: string) => Promise<A>,
): Promise<A> => {
  const server = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    return await work(await readyUrl(server))
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
  }
}

/** Client, servers and PostgreSQL as programs of their own, with nothing else running. */
export const measureEventStoreAlone = async (): Promise<EventStoreFigures> => {
  const postgres = await startPostgres()
  const silent = ['--require', 'tsx/cjs', join(__dirname, 'silent-server.ts')]
  const store = [join(__dirname, '../dist/embedded/event-store/main.js')]
  const env = { EVENT_STORE_DATABASE_URL: await postgres.database(), EVENT_STORE_PORT: '0' }
  const databaseUrl = await postgres.database()
  try {
    return await withServer(silent, {}, (silentUrl) =>
      withServer(store, env, (url) => measureEventStore({ url, silentUrl, databaseUrl })),
    )
  } finally {
    await postgres.remove()
  }
}

if (require.main === module)
  measureEventStoreAlone()
    .then((figures) => console.log(eventStoreTable(figures).join('\n')))
    .catch((error: unknown) => {
      console.error(error)
      process.exitCode = 1
    })
