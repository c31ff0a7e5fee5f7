import { expect } from 'chai'
import type { Redis } from 'ioredis'
import type { EventStore } from '../../../src/domain/event-store'
import type { ExecutionId } from '../../../src/domain/ids'
import { wakeChannel } from '../../../src/projections/live/keys'
import { type LiveTail, liveTail } from '../../../src/projections/live/tail'
import { esdbEventStore } from '../../../src/stores/events/esdb'
import { deliveredRun } from '../../projections/live/histories'
import { newExecution, type Stage, startStage } from '../../projections/live/stage'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy'
import { completed, created, started, steps, stepStarted } from '../../support/runs'
import { until } from '../../support/until'
import { open } from './client'
import { type Site, startSite } from './site'

const impatient = { attempts: 1, attemptMs: 500, totalMs: 500, backoff: { firstMs: 10, maxMs: 20 } }

describe('the live stream without', () => {
  let stage: Stage
  let toRedis: FaultProxy
  let toLog: FaultProxy
  let store: EventStore
  let open_: Array<{ readonly tail: LiveTail; readonly site: Site; readonly redis: ReadonlyArray<Redis> }> = []
  before(async function () {
    this.timeout(60_000)
    stage = await startStage()
    const addressOf = (url: string) => new URL(url.replace('esdb:', 'http:'))
    toRedis = await startFaultProxy({ host: '127.0.0.1', port: Number(addressOf(stage.stack.redis.url).port) })
    toLog = await startFaultProxy({ host: '127.0.0.1', port: Number(addressOf(stage.stack.eventStore.url).port) })
    store = esdbEventStore({ url: `esdb://127.0.0.1:${toLog.port}?tls=false`, timeouts: { read: impatient } })
  })
  afterEach(async () => {
    for (const { tail, site, redis } of open_) {
      await site.stop()
      tail.close()
      for (const connection of redis) connection.disconnect()
    }
    open_ = []
    await toRedis.set('pass')
    await toLog.set('pass')
  })
  after(async function () {
    this.timeout(30_000)
    await store.close()
    await toRedis.stop()
    await toLog.stop()
    await stage.stop()
  })

  const serve = async (withRedis: boolean) => {
    const redis = withRedis ? [0, 1].map(() => stage.connect(`redis://127.0.0.1:${toRedis.port}`)) : []
    const [commands, subscriber] = redis
    const tail = liveTail({
      store,
      redis: commands === undefined || subscriber === undefined ? undefined : { commands, subscriber },
      checkMs: 60_000,
      pollMs: 50,
    })
    const site = await startSite(tail)
    open_.push({ tail, site, redis })
    if (withRedis) await until(async () => (await tail.health()).mode === 'streams')
    return { site, tail, streamOf: (id: ExecutionId) => `${site.url}/executions/${id}/stream` }
  }
  const publish = async (id: ExecutionId, from = 0n) => stage.publisher.apply(await stage.log.history(id, from))

  it('Redis at all, reads the log and says so', async () => {
    const { site, streamOf } = await serve(false)
    const id = newExecution()
    await stage.log.append(id, created)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 1)
    for (const event of deliveredRun.slice(1)) await stage.log.append(id, event)
    await until(client.done)
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
    expect(await (await fetch(`${site.url}/health`)).json()).to.deep.equal({
      status: 'degraded',
      redis: 'disconnected',
      mode: 'log',
    })
  })

  it('Redis for a while, loses and repeats nothing', async function () {
    this.timeout(20_000)
    const { tail, streamOf } = await serve(true)
    const id = newExecution()
    await stage.log.append(id, created)
    await publish(id)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 1)
    await toRedis.set('refuse')
    await stage.log.append(id, started, stepStarted(steps.trigger))
    await until(() => client.ids().includes('3-0'))
    expect((await tail.health()).mode).to.equal('log')
    await toRedis.set('pass')
    await until(async () => (await tail.health()).mode === 'streams')
    await publish(id, 1n)
    await stage.log.append(id, ...deliveredRun.slice(3))
    await publish(id, 3n)
    await until(client.done)
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
  })

  it('an answer from Redis, which swallows everything', async function () {
    this.timeout(30_000)
    const { streamOf } = await serve(true)
    const id = newExecution()
    await stage.log.append(id, created)
    await publish(id)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 1)
    await toRedis.set('stall')
    await stage.log.append(id, started)
    const late = await open(streamOf(id))
    await until(() => late.ids().includes('2-0'), 10_000)
    await toRedis.set('pass')
    late.close()
    client.close()
  })

  it('the log when it begins: asks the client to come later', async () => {
    const { streamOf } = await serve(true)
    const id = newExecution()
    await stage.log.append(id, created)
    await toLog.set('refuse')
    const client = await open(streamOf(id))
    await until(client.done)
    expect([client.status, client.events.length]).to.deep.equal([200, 0])
    expect(client.retries[0]).to.be.within(5_000, 15_000)
  })

  it('the log for a while: waits, goes on, and lives on Redis as long as there is no hole', async function () {
    this.timeout(30_000)
    const { streamOf } = await serve(true)
    const id = newExecution()
    await stage.log.append(id, created)
    await publish(id)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 1)
    await toLog.set('refuse')
    await stage.log.append(id, started)
    await publish(id, 1n)
    await until(() => client.ids().includes('2-0'))
    await stage.log.append(id, stepStarted(steps.trigger), completed)
    await publish(id, 3n)
    await toLog.set('pass')
    await until(client.done, 15_000)
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
  })

  it('an answer of the log: ends its streams all the same when it closes', async function () {
    // Less than it takes the gateway to give the held connection up.
    this.timeout(12_000)
    const patient = { attempts: 1, attemptMs: 50_000, totalMs: 50_000, backoff: { firstMs: 10, maxMs: 20 } }
    const slow = esdbEventStore({ url: `esdb://127.0.0.1:${toLog.port}?tls=false`, timeouts: { read: patient } })
    let reading = 0
    const counting: Pick<EventStore, 'readStream'> = {
      readStream: (stream, slice) => async () => {
        reading += 1
        const read = await slow.readStream(stream, slice)()
        reading -= 1
        return read
      },
    }
    const tail = liveTail({ store: counting, redis: undefined, pollMs: 50 })
    const site = await startSite(tail)
    open_.push({ tail, site, redis: [] })
    const id = newExecution()
    await stage.log.append(id, created)
    const client = await open(`${site.url}/executions/${id}/stream`)
    await until(() => client.ids().length === 1)
    await toLog.set('hold-answers')
    await until(() => reading > 0, 8_000)
    await site.close(10)
    await until(client.done)
    expect(client.retries.at(-1)).to.be.within(1_000, 5_000)
    await slow.close()
  })

  it('viewers: ceases to listen for the run some seconds after the last', async function () {
    this.timeout(20_000)
    const { streamOf } = await serve(true)
    const id = newExecution()
    await stage.log.append(id, created)
    const listeners = async () => (await stage.redis.pubsub('NUMSUB', wakeChannel(id)))[1]
    const [first, second] = [await open(streamOf(id)), await open(streamOf(id))]
    await until(async () => (await listeners()) === 1)
    first.close()
    second.close()
    const since = performance.now()
    await until(async () => (await listeners()) === 0, 10_000)
    expect(performance.now() - since).to.be.greaterThan(4_500)
  })
})
