import { createServer, connect as connectTo, type AddressInfo, type Server, type Socket } from 'node:net'
import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { expect } from 'chai'
import { Client } from 'pg'
import { type EventStoreServer, startEventStoreServer } from '../../../src/embedded/event-store'
import { collect, connect, newStream, rejection, someEvent, someEvents } from './running'
import { sharedPostgres } from './shared-postgres'

/** `before`: the insert does not reach PostgreSQL. `after`: it is committed, but the answer does not come back. */
type Cut = 'before' | 'after'

/** The writer names its prepared statement in each execution. */
const isInsert = (chunk: Buffer): boolean => chunk.includes('insert-events')

/** A proxy before PostgreSQL that cuts the next connection that inserts events. */
const startCutter = async (port: number) => {
  let armed: Cut | undefined
  let spared = 0
  let cuts = 0
  const open = new Set<Socket>()
  const proxy: Server = createServer((near) => {
    const far = connectTo(port, '127.0.0.1')
    let dropping = false
    const cut = () => {
      cuts += 1
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far])
      open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)))
    near.on('data', (chunk: Buffer) => {
      const how = isInsert(chunk) && armed !== undefined && (spared -= 1) < 0 ? armed : undefined
      if (how !== undefined) armed = undefined
      if (how === 'before') {
        cut()
        return
      }
      dropping ||= how === 'after'
      far.write(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      // "INSERT 0 n" tells that the statement is complete; it comes with the commit of a statement on its own.
      if (dropping && chunk.includes('INSERT 0')) cut()
      else if (!dropping) near.write(chunk)
    })
    near.on('end', () => far.end())
    far.on('end', () => near.end())
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  return {
    port: (proxy.address() as AddressInfo).port,
    /** `spare` inserts pass before. */
    arm: (how: Cut, spare = 0) => {
      armed = how
      spared = spare
    },
    cuts: () => cuts,
    close: () => {
      for (const socket of open) socket.destroy()
      proxy.close()
    },
  }
}

/** What the server lets through and PostgreSQL does not take. */
const refusePoison = async (databaseUrl: string): Promise<void> => {
  const admin = new Client({ connectionString: databaseUrl })
  await admin.connect()
  await admin.query(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no poison' using errcode = '22023'; end $$;
    create trigger refuse before insert on event_log for each row when (new.type = 'Poison') execute function refuse()`)
  await admin.end()
}

describe('a commit with an unknown result', () => {
  let cutter: Awaited<ReturnType<typeof startCutter>>
  let server: EventStoreServer
  let client: EventStoreDBClient

  before(async function () {
    this.timeout(60_000)
    const postgres = await sharedPostgres()
    cutter = await startCutter(postgres.port)
    const url = new URL(await postgres.database())
    url.port = String(cutter.port)
    server = await startEventStoreServer({ databaseUrl: url.href, host: '127.0.0.1', port: 0 })
    await refusePoison(url.href)
    client = connect(server).client
    await client.appendToStream('warm-up', someEvent())
  })

  after(async () => {
    await client.dispose()
    await server.stop()
    cutter.close()
  })

  for (const how of ['before', 'after'] as const) {
    it(`cut ${how} the insert: all that waited are answered, each is stored once`, async () => {
      const stream = newStream()
      const cutsBefore = cutter.cuts()
      cutter.arm(how)
      const appends = Array.from({ length: 40 }, (_, n) =>
        client.appendToStream(`${stream}-${n % 8}`, someEvents(2), { expectedRevision: 'any' }),
      )
      const answers = await Promise.all(appends)
      expect(cutter.cuts()).to.equal(cutsBefore + 1)
      for (let n = 0; n < 8; n += 1) {
        const stored = await collect(client.readStream(`${stream}-${n}`))
        expect(stored).to.have.length(10)
        const answered = answers.filter((_, index) => index % 8 === n).map((one) => one.nextExpectedRevision)
        expect(answered).to.deep.equal([1n, 3n, 5n, 7n, 9n])
      }
      const positions = new Set(answers.map((answer) => String(answer.position?.commit)))
      expect(positions.size).to.equal(40)
    }).timeout(20_000)

    it(`cut ${how} the insert: a delete and a tombstone happen once`, async () => {
      const [first, second] = [newStream(), newStream()]
      await client.appendToStream(first, someEvent())
      await client.appendToStream(second, someEvent())
      cutter.arm(how)
      await client.deleteStream(first, { expectedRevision: 0n })
      cutter.arm(how)
      const { position } = await client.tombstoneStream(second, { expectedRevision: 0n })
      const all = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 10 }))
      expect(all.filter(({ event }) => event?.streamId === `$$${first}`)).to.have.length(1)
      const tombstones = all.filter(({ event }) => event?.streamId === second && event.type === '$streamDeleted')
      expect(tombstones.map(({ event }) => event?.position.commit)).to.deep.equal([position?.commit])
    }).timeout(20_000)

    it(`cut ${how} the insert: subscribers see each event once`, async () => {
      const stream = newStream()
      const seen: string[] = []
      const subscription = client.subscribeToStream(stream)
      subscription.on('data', ({ event }) => seen.push(event?.id ?? ''))
      await new Promise((resolve) => subscription.once('caughtUp', resolve))
      const events = someEvents(4)
      for (const event of events) {
        if (event !== events[0]) cutter.arm(how)
        await client.appendToStream(stream, event)
      }
      await new Promise<void>((resolve) => {
        const check = () => (seen.length >= 4 ? resolve() : setImmediate(check))
        check()
      })
      expect(seen).to.deep.equal(events.map((event) => event.id))
      await subscription.unsubscribe()
    }).timeout(20_000)
  }

  for (const spare of [0, 1, 2, 3, 4])
    it(`cut at insert ${spare + 1} of a group with a write that cannot be stored: the others are answered and stored once`, async () => {
      const streams = Array.from({ length: 8 }, newStream)
      cutter.arm('before', spare)
      // While it is written, the others gather behind it.
      const plug = client.appendToStream(newStream(), someEvents(1_000))
      const poison = client.appendToStream(newStream(), jsonEvent({ type: 'Poison', data: {} }))
      const answers = streams.map((stream) =>
        client.appendToStream(stream, someEvent(), { expectedRevision: 'no_stream' }),
      )
      expect((await rejection(poison)).message).to.include('no poison')
      await plug
      for (const answer of answers) expect((await answer).nextExpectedRevision).to.equal(0n)
      for (const stream of streams) expect(await collect(client.readStream(stream))).to.have.length(1)
    }).timeout(20_000)
})
