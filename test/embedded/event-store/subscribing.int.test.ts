import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type AllStreamSubscription, type StreamSubscription, streamNameFilter } from '@eventstore/db-client'
import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb'
import { Empty } from '@eventstore/db-client/generated/shared_pb'
import { expect } from 'chai'
import { startEventStoreServer } from '../../../src/embedded/event-store'
import { streamIdentifier } from '../../../src/embedded/event-store/wire'
import { collect, connect, eventually, newStream, runningServer, someEvent, someEvents } from './running'
import { sharedPostgres } from './shared-postgres'

const revisionsOf = (subscription: StreamSubscription): bigint[] => {
  const seen: bigint[] = []
  subscription.on('data', ({ event }) => seen.push(event?.revision ?? -1n))
  return seen
}

const caughtUp = (subscription: StreamSubscription | AllStreamSubscription): Promise<void> =>
  new Promise((resolve) => subscription.once('caughtUp', resolve))

const upTo = (count: number, first = 0) => Array.from({ length: count }, (_, n) => BigInt(n + first))

describe('subscriptions', () => {
  const running = runningServer()

  it('go from stored to live events without gap or repeat while others append', async () => {
    const { client } = running()
    const streams = Array.from({ length: 6 }, newStream)
    const perStream = 150
    let started = 0
    const subscriptions: Array<{ readonly seen: bigint[]; readonly end: () => Promise<void> }> = []
    const append = async (stream: string) => {
      for (let revision = -1n; revision < BigInt(perStream) - 1n;) {
        const expectedRevision = revision < 0n ? 'no_stream' : revision
        revision = (await client.appendToStream(stream, someEvent(), { expectedRevision })).nextExpectedRevision
        if (Number(revision) % 10 !== 0 || stream !== streams[0]) continue
        started += 1
        const subscription = client.subscribeToStream(stream)
        subscriptions.push({ seen: revisionsOf(subscription), end: () => subscription.unsubscribe() })
      }
    }
    const all = client.subscribeToAll({ fromPosition: 'end' })
    const positions: bigint[] = []
    all.on('data', ({ event }) => {
      if (event !== undefined && streams.includes(event.streamId)) positions.push(event.position.commit)
    })
    await caughtUp(all)
    await Promise.all(streams.map(append))
    await eventually(() => positions.length === streams.length * perStream)
    expect(positions).to.deep.equal(positions.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(new Set(positions).size).to.equal(positions.length)
    expect(started).to.equal(15)
    for (const { seen, end } of subscriptions) {
      await eventually(() => seen.length >= perStream)
      expect(seen).to.deep.equal(upTo(perStream))
      await end()
    }
    await all.unsubscribe()
  }).timeout(40_000)

  it('to many streams get their own events only', async () => {
    const { client } = running()
    const streams = Array.from({ length: 30 }, newStream)
    const subscriptions = streams.map((stream) => client.subscribeToStream(stream, { fromRevision: 'end' }))
    const ready = Promise.all(subscriptions.map(caughtUp))
    const seen = subscriptions.map(revisionsOf)
    await ready
    await Promise.all(streams.map((stream) => client.appendToStream(stream, someEvents(3))))
    await eventually(() => seen.every((revisions) => revisions.length === 3))
    for (const revisions of seen) expect(revisions).to.deep.equal(upTo(3))
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()))
  }).timeout(20_000)

  it('start strictly after a revision, beyond the end too', async () => {
    const { client } = running()
    const stream = newStream()
    await client.appendToStream(stream, someEvents(3))
    const after = client.subscribeToStream(stream, { fromRevision: 1n })
    const beyond = client.subscribeToStream(stream, { fromRevision: 4n })
    const [seenAfter, seenBeyond] = [revisionsOf(after), revisionsOf(beyond)]
    await client.appendToStream(stream, someEvents(4))
    await eventually(() => seenAfter.length === 5 && seenBeyond.length === 2)
    expect([seenAfter, seenBeyond]).to.deep.equal([upTo(5, 2), upTo(2, 5)])
    await after.unsubscribe()
    await beyond.unsubscribe()
  })

  it('beyond the end of $all get what comes next', async () => {
    const { client } = running()
    const stream = newStream()
    const { position } = await client.appendToStream(stream, someEvent())
    const beyond = (position?.commit ?? 0n) + 1000n
    const all = client.subscribeToAll({ fromPosition: { commit: beyond, prepare: beyond } })
    const seen: string[] = []
    all.on('data', ({ event }) => seen.push(event?.streamId ?? ''))
    await caughtUp(all)
    await client.appendToStream(stream, someEvent())
    await eventually(() => seen.length > 0)
    expect(seen).to.deep.equal([stream])
    await all.unsubscribe()
  })

  it('deliver live events that limits would hide', async () => {
    const { client } = running()
    const stream = newStream()
    await client.appendToStream(stream, someEvents(3))
    await client.setStreamMetadata(stream, { maxCount: 1, truncateBefore: 50 })
    const subscription = client.subscribeToStream(stream)
    const seen = revisionsOf(subscription)
    await caughtUp(subscription)
    await client.appendToStream(stream, someEvents(3))
    await eventually(() => seen.length === 3)
    expect(seen).to.deep.equal(upTo(3, 3))
    await subscription.unsubscribe()
  })

  it('survive a soft delete, and end at a tombstone after having delivered it', async () => {
    const { client } = running()
    const stream = newStream()
    const subscription = client.subscribeToStream(stream)
    const types: string[] = []
    subscription.on('data', ({ event }) => types.push(event?.type ?? ''))
    const ended = new Promise<Error>((resolve) => subscription.on('error', resolve))
    await client.appendToStream(stream, someEvent())
    await client.deleteStream(stream)
    await client.appendToStream(stream, someEvent())
    await client.tombstoneStream(stream)
    expect((await ended).constructor.name).to.equal('StreamDeletedError')
    expect(types).to.deep.equal(['SomethingHappened', 'SomethingHappened', '$streamDeleted'])
  })
})

describe('filtered subscriptions to $all', () => {
  const running = runningServer()

  it('send a checkpoint at each interval, after the event itself when it matches, and one at the end of catch-up', async () => {
    const { client, raw } = running()
    const stream = newStream()
    const { position: before } = await client.appendToStream(`before-${stream}`, someEvent())
    const positions: bigint[] = []
    for (let n = 0; n < 10; n += 1) {
      const to = n % 4 === 3 ? stream : `other-${stream}`
      const { position } = await client.appendToStream(to, someEvent())
      positions.push(position?.commit ?? 0n)
    }
    const { Options } = ReadReq
    const commit = String(before?.commit)
    const filter = new Options.FilterOptions()
      .setStreamIdentifier(new Options.FilterOptions.Expression().setPrefixList([stream]))
      .setMax(2)
      .setCheckpointintervalmultiplier(2)
    const options = new Options()
      .setAll(
        new Options.AllOptions().setPosition(
          new Options.Position().setCommitPosition(commit).setPreparePosition(commit),
        ),
      )
      .setSubscription(new Options.SubscriptionOptions())
      .setFilter(filter)
      .setUuidOption(new Options.UUIDOption().setString(new Empty()))
    const call = raw.read(new ReadReq().setOptions(options))
    const messages: string[] = []
    call.on('error', () => undefined)
    call.on('data', (response: ReadResp) => {
      const event = response.getEvent()
      const checkpoint = response.getCheckpoint()
      if (event) messages.push(`event ${positions.indexOf(BigInt(event.getCommitPosition()))}`)
      if (checkpoint) messages.push(`checkpoint ${positions.indexOf(BigInt(checkpoint.getCommitPosition()))}`)
      if (response.hasCaughtUp()) messages.push('caught up')
    })
    await eventually(() => messages.includes('caught up'))
    const stored = ['event 3', 'checkpoint 3', 'event 7', 'checkpoint 7', 'checkpoint 9', 'caught up']
    expect(messages).to.deep.equal(stored)

    for (let n = 0; n < 4; n += 1) {
      const { position } = await client.appendToStream(`other-${stream}`, someEvent())
      positions.push(position?.commit ?? 0n)
    }
    await eventually(() => messages.length > stored.length)
    expect(messages.slice(stored.length)).to.deep.equal(['checkpoint 13'])
    call.cancel()
  })

  it('never report a position beyond an event that they have not sent', async () => {
    const { client } = running()
    const stream = newStream()
    const order: Array<readonly [string, bigint]> = []
    const filter = streamNameFilter({
      prefixes: [stream],
      maxSearchWindow: 1,
      checkpointReached: (_, { commit }) => {
        order.push(['checkpoint', commit])
        return Promise.resolve()
      },
    })
    const subscription = client.subscribeToAll({ fromPosition: 'end', filter })
    subscription.on('data', ({ event }) => order.push(['event', event?.position.commit ?? 0n]))
    await caughtUp(subscription)
    const append = (n: number) => client.appendToStream(n % 3 === 0 ? stream : `no-${stream}`, someEvent())
    await Promise.all(Array.from({ length: 90 }, (_, n) => append(n)))
    await eventually(() => order.filter(([what]) => what === 'event').length === 30)
    const checkpoints = order.filter(([what]) => what === 'checkpoint').map(([, position]) => position)
    expect(checkpoints).to.deep.equal([...new Set(checkpoints)].toSorted((a, b) => (a < b ? -1 : 1)))
    await subscription.unsubscribe()
  }).timeout(20_000)
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Collected until nothing more goes: buffers are given back in the background, some time after their owner. */
const memoryInUse = async (): Promise<number> => {
  const measure = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  let [before, now] = [Infinity, await measure()]
  while (now < before - 500_000) [before, now] = [now, await measure()]
  return now
}

describe('readers that are slow or go away', () => {
  const running = runningServer()
  const eventBytes = 50_000
  let endOfCall: () => void = () => undefined
  afterEach(() => endOfCall())

  const readRequest = (stream: string, subscribe: boolean) => {
    const { Options } = ReadReq
    const options = new Options()
      .setStream(new Options.StreamOptions().setStreamIdentifier(streamIdentifier(stream)).setStart(new Empty()))
      .setUuidOption(new Options.UUIDOption().setString(new Empty()))
      .setNoFilter(new Empty())
    if (subscribe) options.setSubscription(new Options.SubscriptionOptions())
    else options.setCount('100000')
    return new ReadReq().setOptions(options)
  }

  const fill = async (stream: string, events: number) => {
    const data = Buffer.alloc(eventBytes)
    for (let n = 0; n < events; n += 20)
      await running().client.appendToStream(
        stream,
        someEvents(20).map((event) => ({ ...event, contentType: 'application/octet-stream' as const, data })),
      )
  }

  for (const [what, subscribe] of [
    ['a read', false],
    ['a subscription', true],
  ] as const)
    it(`${what} that is not consumed holds only little in memory, and resumes complete`, async () => {
      const { raw } = running()
      const stream = newStream()
      await fill(stream, 600)
      const before = await memoryInUse()
      const call = raw.read(readRequest(stream, subscribe))
      endOfCall = () => call.cancel()
      call.on('error', () => undefined)
      const revisions: string[] = []
      call.on('data', (response: ReadResp) => {
        const event = response.getEvent()?.getEvent()
        if (event) revisions.push(event.getStreamRevision())
      })
      await eventually(() => revisions.length > 0)
      call.pause()
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect((await memoryInUse()) - before).to.be.below(15_000_000)
      call.resume()
      await eventually(() => revisions.length === 600, 30_000)
      expect(revisions).to.deep.equal(Array.from({ length: 600 }, (_, n) => String(n)))
    }).timeout(60_000)

  it('a live subscriber that falls far behind still gets everything, in order', async () => {
    const { client, raw } = running()
    const stream = newStream()
    await client.appendToStream(stream, someEvent())
    const call = raw.read(readRequest(stream, true))
    endOfCall = () => call.cancel()
    call.on('error', () => undefined)
    const revisions: string[] = []
    const seen = (response: ReadResp) => {
      const event = response.getEvent()?.getEvent()
      if (event) revisions.push(event.getStreamRevision())
    }
    call.on('data', seen)
    await eventually(() => revisions.length === 1)
    call.pause()
    await fill(stream, 1000)
    await client.appendToStream(stream, someEvent())
    call.resume()
    await eventually(() => revisions.length === 1002, 30_000)
    expect(revisions).to.deep.equal(Array.from({ length: 1002 }, (_, n) => String(n)))
  }).timeout(90_000)

  it('cancelled calls end on the server', async () => {
    const { client, server } = running()
    const stream = newStream()
    await client.appendToStream(stream, someEvents(300))
    const subscriptions = Array.from({ length: 40 }, () => client.subscribeToStream(stream).resume())
    await Promise.all(subscriptions.map(caughtUp))
    await eventually(() => server.openCalls() >= 40)
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()))
    await eventually(() => server.openCalls() <= 1)
  }).timeout(20_000)
})

describe('a server that stops', () => {
  it('ends open calls with CANCELLED, and takes up where it was when it starts again on the same port', async () => {
    const databaseUrl = await (await sharedPostgres()).database()
    const first = await startEventStoreServer({ databaseUrl, host: '127.0.0.1', port: 0 })
    const { client, raw } = connect(first)
    raw.close()
    const stream = newStream()
    await client.appendToStream(stream, someEvent({}, randomUUID()))
    const subscription = client.subscribeToStream(stream)
    const ended = new Promise<Error>((resolve) => subscription.on('error', resolve))
    await caughtUp(subscription)
    await first.stop()
    expect((await ended).constructor.name).to.equal('CancelledError')

    const second = await startEventStoreServer({ databaseUrl, host: '127.0.0.1', port: first.port })
    const retried = () => client.appendToStream(stream, someEvent(), { expectedRevision: 0n })
    await retried().catch(retried)
    expect(await collect(client.readStream(stream))).to.have.length(2)
    await client.dispose()
    await second.stop()
  }).timeout(20_000)
})
