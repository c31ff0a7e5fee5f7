import { expect } from 'chai'
import { consume } from '../../../src/consumers/consumer'
import { liveConsumer } from '../../../src/projections/live/consumer'
import { streamKey, wakeChannel } from '../../../src/projections/live/keys'
import { formatLiveId, messagesOf } from '../../../src/projections/live/message'
import { livePublisher } from '../../../src/projections/live/publish'
import { until } from '../../support/until'
import { freeLease } from '../../consumers/deliveries'
import { deliveredRun, failedRun } from './histories'
import { newExecution, type Stage, startStage } from './stage'

describe('publishing to Redis Streams', () => {
  let stage: Stage
  before(async function () {
    this.timeout(60_000)
    stage = await startStage()
  })
  after(async function () {
    this.timeout(30_000)
    await stage.stop()
  })

  const entriesOf = async (key: string) =>
    (await stage.redis.xrange(key, '-', '+')).map(([id, [, type, , prev, , json]]) => ({ id, type, prev, json }))

  it('writes a run’s messages with their ids, type, the id before and the message', async () => {
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun)
    const history = await stage.log.history(id)
    await stage.publisher.apply(history)
    expect(await entriesOf(streamKey(id))).to.deep.equal(
      messagesOf(history).map((frame) => ({
        id: formatLiveId(frame.id),
        type: frame.message.event_type,
        prev: formatLiveId(frame.prev),
        json: JSON.stringify(frame.message),
      })),
    )
    expect(await stage.redis.ttl(streamKey(id))).to.be.within(86_390, 86_400)
  })

  it('says the same event by event, in batches, and after a restart, and again', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    const history = await stage.log.history(id)
    await stage.publisher.apply(history.slice(0, 1))
    await stage.publisher.apply(history.slice(1, 4))
    const other = livePublisher({
      redis: stage.redis,
      store: stage.store,
      maxlen: 1_000,
      ttl: 60,
      log: { error: () => undefined },
    })
    await other.apply(history.slice(2))
    await stage.publisher.apply(history)
    expect((await entriesOf(streamKey(id))).map((entry) => entry.json)).to.deep.equal(
      messagesOf(history).map(({ message }) => JSON.stringify(message)),
    )
  })

  it('keeps exactly the newest of `maxlen`, and renews the life with every append', async () => {
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun)
    const history = await stage.log.history(id)
    const short = livePublisher({
      redis: stage.redis,
      store: stage.store,
      maxlen: 5,
      ttl: 100,
      log: { error: () => undefined },
    })
    await short.apply(history.slice(0, 8))
    await stage.redis.expire(streamKey(id), 5)
    await short.apply(history.slice(8))
    const ids = messagesOf(history).map((frame) => formatLiveId(frame.id))
    expect((await entriesOf(streamKey(id))).map((entry) => entry.id)).to.deep.equal(ids.slice(-5))
    expect(await stage.redis.ttl(streamKey(id))).to.be.greaterThan(90)
  })

  it('writes nothing when it may not go on', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    const over = () => {
      throw new Error('over')
    }
    expect(String(await stage.publisher.apply(await stage.log.history(id), over).catch(String))).to.include('over')
    expect(await stage.redis.exists(streamKey(id))).to.equal(0)
  })

  it('wakes the viewers of the run', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    const heard: string[] = []
    const subscriber = stage.connect()
    try {
      await until(() => subscriber.status === 'ready')
      await subscriber.subscribe(wakeChannel(id))
      subscriber.on('message', (_, last: string) => heard.push(last))
      await stage.publisher.apply(await stage.log.history(id))
      await until(() => heard.length === 1)
      expect(heard).to.deep.equal(['7-1'])
    } finally {
      subscriber.disconnect()
    }
  })

  it('goes on after a flush with what comes next', async () => {
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun)
    const history = await stage.log.history(id)
    await stage.publisher.apply(history.slice(0, 8))
    await stage.redis.flushall()
    await stage.publisher.apply(history.slice(8))
    const [first] = await entriesOf(streamKey(id))
    expect(first).to.include({ id: '9-0', prev: '8-2' })
  })

  it('compares ids as numbers, beyond 2^53', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    const [first] = await stage.log.history(id)
    await stage.redis.xadd(streamKey(id), '9007199254740993-0', 'type', 'other')
    await stage.publisher.apply([first!])
    expect(await stage.redis.xlen(streamKey(id))).to.equal(1)
  })

  it('leaves out what is older than the life of an entry', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    const history = await stage.log.history(id)
    const old = history.map((recorded) => ({ ...recorded, created: new Date(Date.now() - 86_401_000) }))
    await stage.publisher.apply(old)
    expect(await stage.redis.exists(streamKey(id))).to.equal(0)
  })

  it('does not stop at a key that holds something else', async () => {
    const [id, other] = [newExecution(), newExecution()]
    await stage.log.append(id, ...failedRun)
    await stage.log.append(other, ...failedRun)
    await stage.redis.set(streamKey(id), 'not a stream')
    await stage.publisher.apply([...(await stage.log.history(id)), ...(await stage.log.history(other))])
    expect(await stage.redis.xlen(streamKey(other))).to.equal((await stage.log.ids(other)).length)
    expect(stage.errors).to.have.length(1)
  })

  it('waits for a Redis that is away, and then has everything', async function () {
    this.timeout(30_000)
    const over = new AbortController()
    const tries: string[] = []
    let saved = 0
    const consuming = consume(
      {
        store: stage.store,
        signal: over.signal,
        log: { info: () => undefined, warn: (_, message) => tries.push(message), error: () => undefined },
      },
      liveConsumer(stage.publisher, {
        ...freeLease(),
        ensureHeld: () => undefined,
        saveSoon: () => void (saved += 1),
      }),
    )
    await until(() => consuming.health().state === 'live' && saved > 0)
    await stage.stack.redis.kill9()
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    await until(() => tries.length > 0)
    await stage.stack.redis.restart()
    const all = await stage.log.ids(id)
    await until(async () => (await stage.redis.xlen(streamKey(id)).catch(() => 0)) === all.length, 15_000)
    expect((await entriesOf(streamKey(id))).map((entry) => entry.id)).to.deep.equal(all)
    over.abort()
    await consuming.done
  })
})
