import { expect } from 'chai'
import type { EventStore, Position, StreamName } from '../../../src/domain/event-store'
import { comparePositions, revision } from '../../../src/domain/position'
import { type EventStoreServer, startEventStoreServer } from '../../../src/embedded/event-store'
import { esdbEventStore } from '../../../src/stores/events/esdb'
import type { Options } from '../../../src/stores/events/settings'
import { left, listen, newCategory, newEvents, newStream, right } from '../../contract/event-store'
import { startTestPostgres, type TestPostgres } from '../../support/event-store'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy'
import { until } from '../../support/until'

describe('esdbEventStore over a bad line', function () {
  this.timeout(60_000)
  let postgres: TestPostgres
  let server: EventStoreServer
  let proxy: FaultProxy
  let direct: EventStore
  let store: EventStore
  let health: boolean[]

  const serve = (port: number) => startEventStoreServer({ databaseUrl: postgres.eventsUrl, host: '127.0.0.1', port })
  const overProxy = (options: Partial<Options> = {}) =>
    esdbEventStore({
      url: `esdb://127.0.0.1:${proxy.port}?tls=false`,
      onHealth: (healthy) => health.push(healthy),
      ...options,
    })
  const inLog = async (stream: StreamName) => right(await direct.readStream(stream, { limit: 5_000 })())
  const inWholeLog = async (category: string) => {
    const heard = listen(direct, 'start', [category])
    await until(() => heard.seen('CaughtUp') > 0, 10_000)
    await heard.stop()
    return heard.ids()
  }

  before(async () => {
    postgres = await startTestPostgres()
    server = await serve(0)
    direct = esdbEventStore({ url: server.url })
  })
  after(async () => {
    await direct.close()
    await server.stop()
    await postgres.stop()
  })
  beforeEach(async () => {
    health = []
    proxy = await startFaultProxy({ host: '127.0.0.1', port: server.port })
    store = overProxy()
  })
  afterEach(async () => {
    await store.close()
    await proxy.stop()
  })

  it('an append that landed but whose answer was lost is written once and answered', async () => {
    const stream = newStream()
    const events = newEvents(2)
    right(await store.tail())
    await proxy.set('hold-answers')
    const answer = store.append(stream, 'no_stream', events)()
    await until(async () => (await inLog(stream)).length === 2)
    await proxy.set('cut')
    await proxy.set('pass')
    expect(right(await answer).revision).to.equal(1n)
    expect((await inLog(stream)).map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id))
  })

  it('an append that never arrived is written once', async () => {
    const stream = newStream()
    right(await store.tail())
    await proxy.set('hold-requests')
    const answer = store.append(stream, 'no_stream', newEvents(2))()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await inLog(stream)).to.deep.equal([])
    await proxy.set('cut')
    await proxy.set('pass')
    right(await answer)
    expect(await inLog(stream)).to.have.length(2)
  })

  it('an append held up until after the caller had given up may land, and is found landed when sent again', async () => {
    const hasty = overProxy({
      timeouts: { append: { attempts: 2, attemptMs: 200, totalMs: 500, backoff: { firstMs: 10, maxMs: 10 } } },
    })
    const stream = newStream()
    const events = newEvents(2)
    right(await hasty.tail())
    await proxy.set('hold-answers')
    expect(left(await hasty.append(stream, 'no_stream', events)())._tag).to.equal('StoreUnavailable')
    await proxy.set('pass')
    expect(right(await hasty.append(stream, 'no_stream', events)()).revision).to.equal(1n)
    expect(await inLog(stream)).to.have.length(2)
    await hasty.close()
  })

  it('a restart of the server between the attempts leaves one set of events', async () => {
    const stream = newStream()
    right(await store.tail())
    await proxy.set('hold-answers')
    const answer = store.append(stream, 'no_stream', newEvents(2))()
    await until(async () => (await inLog(stream)).length === 2)
    await proxy.set('refuse')
    const { port } = server
    await server.stop()
    server = await serve(port)
    await proxy.set('pass')
    expect(right(await answer).revision).to.equal(1n)
    await until(async () => (await inLog(stream)).length === 2)
  })

  it('a lost server is taken up again soon after it is back, from the last event, and health says so', async () => {
    const category = newCategory()
    const [before, after] = [newStream(category), newStream(category)]
    right(await direct.append(before, 'no_stream', newEvents(3))())
    const heard = listen(store, 'start', [category])
    await until(() => heard.seen('CaughtUp') === 1)
    await proxy.set('refuse')
    await until(() => heard.seen('Dropped') === 1)
    expect(health).to.deep.equal([true, false])
    right(await direct.append(after, 'no_stream', newEvents(3))())
    await new Promise((resolve) => setTimeout(resolve, 8_000))
    expect(heard.seen('Dropped')).to.equal(1)
    await proxy.set('pass')
    const back = performance.now()
    await until(() => heard.events().length === 6, 15_000)
    expect(performance.now() - back).to.be.lessThan(12_000)
    expect(heard.ids()).to.deep.equal([...(await inLog(before)), ...(await inLog(after))].map(({ id }) => id))
    expect(health.at(-1)).to.equal(true)
    await heard.stop()
  })

  it('a server that is not there at the start costs few connections, and is found when it comes', async () => {
    await proxy.set('stall')
    const category = newCategory()
    const stream = newStream(category)
    const heard = listen(store, 'start', [category])
    const answer = store.append(stream, 'no_stream', newEvents(1))()
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect(proxy.accepted()).to.be.lessThan(6)
    await proxy.set('cut')
    await proxy.set('pass')
    right(await answer)
    await until(() => heard.events().length === 1, 30_000)
    await heard.stop()
  })

  it('D6: a half-open connection: an append gets through over a new one within its bound', async () => {
    right(await store.tail())
    proxy.freeze()
    const stream = newStream()
    const began = performance.now()
    right(await store.append(stream, 'no_stream', newEvents(1))())
    expect(performance.now() - began).to.be.lessThan(10_000)
    expect(await inLog(stream)).to.have.length(1)
  })

  it('D6: a half-open connection: an idle subscription notices within 20 s and misses nothing', async () => {
    const category = newCategory()
    const heard = listen(store, 'start', [category])
    await until(() => heard.seen('CaughtUp') === 1)
    // Whatever the subscription itself asked is answered: only the keep-alive can notice now.
    right(await store.tail())
    proxy.freeze()
    const stream = newStream(category)
    right(await direct.append(stream, 'no_stream', newEvents(3))())
    await until(() => heard.seen('Dropped') === 1, 20_000)
    await until(() => heard.events().length === 3, 15_000)
    expect(heard.ids()).to.deep.equal((await inLog(stream)).map(({ id }) => id))
    await heard.stop()
  })

  it('an append that is cut off in the middle leaves nothing behind', async () => {
    const once = { attempts: 1, attemptMs: 2_000, totalMs: 2_000, backoff: { firstMs: 1, maxMs: 1 } }
    for (const bytes of [400, 800, 1_600, 2_400, 3_200]) {
      const stream = newStream()
      const hasty = overProxy({ timeouts: { append: once } })
      proxy.cutAfter(bytes, 'requests')
      expect(left(await hasty.append(stream, 'no_stream', newEvents(20))())._tag).to.equal('StoreUnavailable')
      expect(await inLog(stream)).to.deep.equal([])
      await hasty.close()
    }
  })

  it('a line that is cut again and again loses, doubles and reorders nothing, neither written nor heard', async () => {
    const category = newCategory()
    const heard = listen(store, 'start', [category])
    let cuts = 0
    const cutting = setInterval(() => {
      cuts += 1
      proxy.cutAfter(1 + ((cuts * 7_919) % 6_000), cuts % 2 === 0 ? 'answers' : 'requests')
    }, 150)
    const write = async (stream: StreamName) => {
      const sent: string[] = []
      for (let n = 0n; n < 25n; n++) {
        const events = newEvents(2)
        const expected = n === 0n ? 'no_stream' : revision(n * 2n - 1n)
        for (let tries = 0; tries < 5; tries++) {
          const answer = await store.append(stream, expected, events)()
          if (answer._tag === 'Right') break
          expect(answer.left._tag).to.equal('StoreUnavailable')
        }
        sent.push(...events.map(({ id }) => id))
      }
      expect((await inLog(stream)).map(({ id }) => id)).to.deep.equal(sent)
    }
    await Promise.all(Array.from({ length: 4 }, () => write(newStream(category)))).finally(() => clearInterval(cutting))
    await until(
      () => heard.events().length >= 200,
      15_000,
      () => String(heard.events().length),
    )
    expect(heard.ids()).to.deep.equal(await inWholeLog(category))
    const positions: ReadonlyArray<Position> = heard.deliveries.flatMap((d) =>
      d._tag === 'Event' ? [d.event.position] : d._tag === 'Checkpoint' ? [d.position] : [],
    )
    positions.slice(1).forEach((position, n) => expect(comparePositions(position, positions[n]!)).to.equal(1))
    expect(heard.seen('Dropped')).to.be.greaterThan(0)
    await heard.stop()
  })

  it('50 reads and 50 subscriptions left early share one connection, and close gives it back', async () => {
    const stream = newStream()
    right(await store.append(stream, 'no_stream', newEvents(20))())
    for (let n = 0; n < 50; n++) {
      right(await store.readStream(stream, { limit: 5 })())
      for await (const delivery of store.subscribe('start', [stream], new AbortController().signal))
        if (delivery._tag === 'Event') break
    }
    expect([proxy.accepted(), proxy.open()]).to.deep.equal([1, 1])
    await store.close()
    await until(() => proxy.open() === 0, 30_000)
  })
})
