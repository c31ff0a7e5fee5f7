import { EventStoreDBClient } from '@eventstore/db-client'
import { expect } from 'chai'
import { collect, eventually, newStream, rejection, someEvent } from './running'
import { sharedPostgres } from './shared-postgres'
import { spawnServer } from './spawn-server'

const writers = 24

/** Appends at exact revisions until the server dies; gives the ids that were acknowledged, in order. */
const appendUntilItDies = async (client: EventStoreDBClient, stream: string, acknowledged: string[]): Promise<void> => {
  for (let revision = -1n; ;) {
    const event = someEvent()
    const expectedRevision = revision < 0n ? 'no_stream' : revision
    try {
      revision = (await client.appendToStream(stream, event, { expectedRevision })).nextExpectedRevision
    } catch {
      return
    }
    acknowledged.push(event.id)
  }
}

describe('durability', () => {
  it('kill -9 loses nothing acknowledged and repeats nothing', async () => {
    const databaseUrl = await (await sharedPostgres()).database()
    const acknowledged = new Map<string, string[]>()
    for (const target of [300, 700]) {
      const server = await spawnServer(databaseUrl)
      const client = EventStoreDBClient.connectionString(server.url)
      const streams = Array.from({ length: writers }, newStream)
      for (const stream of streams) acknowledged.set(stream, [])
      const dying = streams.map((stream) => appendUntilItDies(client, stream, acknowledged.get(stream) ?? []))
      await eventually(() => [...acknowledged.values()].flat().length >= target, 30_000)
      await server.end('SIGKILL')
      await Promise.all(dying)
      await client.dispose()
    }

    const server = await spawnServer(databaseUrl)
    const client = EventStoreDBClient.connectionString(server.url)
    const all = await collect(client.readAll())
    const positions = all.map(({ event }) => event?.position.commit ?? 0n)
    expect(positions).to.deep.equal(positions.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(new Set(positions).size).to.equal(positions.length)
    expect(new Set(all.map(({ event }) => event?.id)).size).to.equal(all.length)
    for (const [stream, ids] of acknowledged) {
      const stored = await collect(client.readStream(stream))
      expect(stored.map(({ event }) => event?.id).slice(0, ids.length)).to.deep.equal(ids)
      expect(stored.length - ids.length, 'not acknowledged but stored').to.be.at.most(1)
      expect(stored.map(({ event }) => event?.revision)).to.deep.equal(stored.map((_, n) => BigInt(n)))
    }
    await client.dispose()
    expect(await server.end('SIGTERM')).to.equal(0)
  }).timeout(60_000)
})

describe('one server writes to a database', () => {
  it('refuses a second one with the reason, and lets it start when the first has gone', async () => {
    const databaseUrl = await (await sharedPostgres()).database()
    const first = await spawnServer(databaseUrl)
    const refused = await rejection(spawnServer(databaseUrl))
    expect(refused.message).to.match(/another event store server writes to this database \(PostgreSQL backend \d+\)/)
    await first.end('SIGKILL')
    const second = await spawnServer(databaseUrl)
    await second.end('SIGTERM')
  }).timeout(30_000)

  it('says why it cannot start without a database', async () => {
    const postgres = await sharedPostgres()
    const missing = `postgres://test:test@127.0.0.1:${postgres.port}/none`
    expect((await rejection(spawnServer(missing))).message).to.contain('"none" does not exist')
    const nobody = 'postgres://test:test@127.0.0.1:1/none'
    expect((await rejection(spawnServer(nobody))).message).to.contain('cannot reach the database at 127.0.0.1:1')
  }).timeout(30_000)
})
