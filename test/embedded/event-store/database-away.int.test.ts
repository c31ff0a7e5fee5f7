import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type EventStoreDBClient, streamNameFilter } from '@eventstore/db-client'
import { expect } from 'chai'
import { Client } from 'pg'
import { type EventStoreServer, startEventStoreServer } from '../../../src/embedded/event-store'
import { until } from '../../support/until'
import { startPostgres, type TestPostgres } from './postgres'
import { collect, connect, eventually, newStream, rejection, someEvent } from './running'

describe('when the database goes away', () => {
  let postgres: TestPostgres
  let databaseUrl: string
  let server: EventStoreServer
  let client: EventStoreDBClient

  before(async function () {
    this.timeout(60_000)
    postgres = await startPostgres()
    databaseUrl = await postgres.database()
    server = await startEventStoreServer({ databaseUrl, host: '127.0.0.1', port: 0 })
    client = connect(server).client
  })

  after(async function () {
    this.timeout(30_000)
    await client.dispose()
    await server.stop()
    await postgres.remove()
  })

  /** Appends one event after the other with new ids; an unclear result is retried with the same id until it is clear. */
  const keepAppending = async (stream: string, isEnough: () => boolean): Promise<string[]> => {
    const ids: string[] = []
    while (!isEnough()) {
      const event = someEvent({}, randomUUID())
      const expectedRevision = ids.length === 0 ? 'no_stream' : BigInt(ids.length - 1)
      const isAppended = () =>
        client.appendToStream(stream, event, { expectedRevision }).then(
          () => true,
          () => false,
        )
      await until(isAppended, 60_000)
      ids.push(event.id)
    }
    return ids
  }

  it('answers UNAVAILABLE, stays up, and goes on by itself', async () => {
    const stream = newStream()
    await client.appendToStream(stream, someEvent())
    const live: bigint[] = []
    const subscription = client.subscribeToStream(stream, { fromRevision: 'end' })
    subscription.on('data', ({ event }) => live.push(event?.revision ?? -1n))
    await new Promise((resolve) => subscription.once('caughtUp', resolve))

    await postgres.pause()
    expect((await rejection(client.appendToStream(stream, someEvent()))).constructor.name).to.equal('UnavailableError')
    const unary = { credentials: { username: 'admin', password: 'changeit' } }
    const refused = await rejection(client.appendToStream(stream, someEvent(), unary))
    expect(refused.constructor.name).to.equal('UnavailableError')
    expect((await rejection(client.deleteStream(stream))).constructor.name).to.equal('UnavailableError')
    const read = collect(client.readStream(newStream()))
    expect((await rejection(read)).constructor.name).to.equal('UnavailableError')

    await postgres.resume()
    await eventually(() =>
      client.appendToStream(stream, someEvent(), { expectedRevision: 0n }).then(
        () => true,
        () => false,
      ),
    )
    await eventually(() => live.length === 1)
    expect(live).to.deep.equal([1n])
    await subscription.unsubscribe()
  }).timeout(40_000)

  it('under load, a restart loses and repeats nothing', async () => {
    const streams = Array.from({ length: 12 }, newStream)
    let over = false
    const working = Promise.all(streams.map((stream) => keepAppending(stream, () => over)))
    const appended = () =>
      collect(client.readStream(streams[0] ?? '')).then(
        (events) => events.length,
        () => 0,
      )
    await eventually(async () => (await appended()) > 5)
    await postgres.pause()
    await postgres.resume()
    const before = await eventually(async () => (await appended()) > 0, 20_000).then(appended)
    await eventually(async () => (await appended()) > before + 5, 20_000)
    over = true
    const ids = await working
    for (const [index, stream] of streams.entries()) {
      const stored = await collect(client.readStream(stream))
      expect(stored.map(({ event }) => event?.id)).to.deep.equal(ids[index])
    }
  }).timeout(60_000)

  it('a lost connection alone is not noticed by anyone', async () => {
    const stream = newStream()
    const admin = new Client({ connectionString: databaseUrl })
    await admin.connect()
    let over = false
    const failures: unknown[] = []
    const append = async (caller: number) => {
      while (!over)
        await client.appendToStream(`${stream}-${caller}`, someEvent()).catch((error: unknown) => failures.push(error))
    }
    const working = Promise.all(Array.from({ length: 8 }, (_, caller) => append(caller)))
    const ended = new Set<number>()
    const endWriter = async () => {
      const { rows } = await admin.query<{ pid: number }>(
        `select pid, pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'event-store writer' and pid <> all ($1::int[])`,
        [[...ended]],
      )
      for (const { pid } of rows) ended.add(pid)
    }
    await eventually(async () => {
      await endWriter()
      return ended.size >= 5
    })
    over = true
    await working
    await admin.end()
    expect(failures).to.deep.equal([])
    const { rows } = await collectRows(databaseUrl, stream)
    expect(rows).to.deep.equal([])
  }).timeout(40_000)

  it('and comes back in an earlier state, who read the later one is sent away', async () => {
    const stream = newStream()
    const subscriptions = [
      client.subscribeToAll({ fromPosition: 'end' }),
      client.subscribeToAll({ fromPosition: 'end', filter: streamNameFilter({ prefixes: [stream] }) }),
      client.subscribeToStream(stream, { fromRevision: 'start' }),
    ]
    const ends = subscriptions.map((subscription) => once(subscription, 'error') as Promise<[Error]>)
    await Promise.all(subscriptions.map((subscription) => once(subscription, 'caughtUp')))
    let seen = 0
    for (const subscription of subscriptions) subscription.on('data', () => (seen += 1))
    const appended = await client.appendToStream(stream, someEvent())
    await until(() => seen === 3)
    const admin = new Client({ connectionString: databaseUrl })
    await admin.connect()
    await admin.query('delete from event_log where position >= $1', [String(appended.position?.commit)])
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'event-store writer'",
    )
    await admin.end()
    for (const [error] of await Promise.all(ends)) expect(error.message).to.include('earlier state')
    await client.appendToStream(stream, someEvent(), { expectedRevision: 'any' })
    expect(await collect(client.readStream(stream))).to.have.length(1)
  }).timeout(30_000)

  /** Streams in which an event id stands twice. */
  const collectRows = async (url: string, prefix: string) => {
    const admin = new Client({ connectionString: url })
    await admin.connect()
    try {
      return await admin.query(
        'select stream, id from event_log where starts_with(stream, $1) group by 1, 2 having count(*) > 1',
        [prefix],
      )
    } finally {
      await admin.end()
    }
  }
})
