import { randomUUID } from 'node:crypto'
import { jsonEvent } from '@eventstore/db-client'
import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb'
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb'
import { Empty } from '@eventstore/db-client/generated/shared_pb'
import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { streamIdentifier, uuidOf } from '../../../src/embedded/event-store/wire'
import { collect, newStream, rejection, runningServer, someEvent, someEvents } from './running'

const { Options } = ReadReq
type RawOptions = ReadReq.Options

const expression = (regex: string, prefixes: string[] = []) =>
  new Options.FilterOptions.Expression().setRegex(regex).setPrefixList(prefixes)
const streamFilter = (regex: string, prefixes?: string[]) =>
  new Options.FilterOptions()
    .setStreamIdentifier(expression(regex, prefixes))
    .setMax(32)
    .setCheckpointintervalmultiplier(1)

const fromAll = () => new Options.AllOptions().setStart(new Empty())
const allOptions = () => new Options().setAll(fromAll()).setUuidOption(new Options.UUIDOption().setString(new Empty()))
const streamOptions = (stream: string) =>
  new Options()
    .setStream(new Options.StreamOptions().setStreamIdentifier(streamIdentifier(stream)).setStart(new Empty()))
    .setUuidOption(new Options.UUIDOption().setString(new Empty()))
    .setNoFilter(new Empty())
const subscription = () => new Options.SubscriptionOptions()

describe('reads', () => {
  const running = runningServer()

  const read = (options: RawOptions | undefined): Promise<ReadResp[]> => {
    const request = new ReadReq()
    if (options !== undefined) request.setOptions(options)
    return collect(running().raw.read(request) as AsyncIterable<ReadResp>)
  }

  const revisions = (responses: ReadonlyArray<ReadResp>) =>
    responses.map((response) => Number(response.getEvent()?.getEvent()?.getStreamRevision()))

  it('of $all take a filter, and count what matches', async () => {
    const stream = newStream()
    for (let n = 0; n < 4; n += 1) {
      await running().client.appendToStream(`${stream}-other`, someEvents(3))
      await running().client.appendToStream(stream, someEvent())
    }
    const filtered = () => allOptions().setFilter(streamFilter('', [stream]))
    const exactly = () => allOptions().setFilter(streamFilter(`^${stream}$`))
    expect(await read(filtered().setCount('100'))).to.have.length(16)
    expect(revisions(await read(exactly().setCount('3')))).to.deep.equal([0, 1, 2])
    const backwards = exactly()
      .setCount('3')
      .setReadDirection(Options.ReadDirection.BACKWARDS)
      .setAll(new Options.AllOptions().setEnd(new Empty()))
    expect(revisions(await read(backwards))).to.deep.equal([3, 2, 1])
  })

  it('give ids as two halves when asked to', async () => {
    const stream = newStream()
    const event = someEvent()
    await running().client.appendToStream(stream, event)
    const structured = new Options.UUIDOption().setStructured(new Empty())
    const [response] = await read(streamOptions(stream).setCount('1').setUuidOption(structured))
    const id = response?.getEvent()?.getEvent()?.getId()
    expect(id?.hasStructured()).to.equal(true)
    expect(uuidOf(id)).to.equal(event.id)
  })

  const invalid: ReadonlyArray<readonly [string, () => RawOptions | undefined]> = [
    ['no options', () => undefined],
    ['neither a stream nor $all', () => new Options().setCount('1')],
    ['no way to give ids', () => streamOptions('s').setCount('1')],
    ['a filter on a stream', () => streamOptions('s').setCount('1').setFilter(streamFilter('x'))],
    ['an invalid expression', () => allOptions().setSubscription(subscription()).setFilter(streamFilter('('))],
    ['an invalid expression in a read', () => allOptions().setCount('1').setFilter(streamFilter('[a'))],
    ['a search window of 0', () => allOptions().setSubscription(subscription()).setFilter(streamFilter('x').setMax(0))],
    [
      'a checkpoint multiplier of 0',
      () =>
        allOptions().setSubscription(subscription()).setFilter(streamFilter('x').setCheckpointintervalmultiplier(0)),
    ],
    [
      'a subscription backwards',
      () => allOptions().setSubscription(subscription()).setReadDirection(Options.ReadDirection.BACKWARDS),
    ],
    ['no count and no subscription', () => allOptions()],
    ['no stream name', () => streamOptions('').setCount('1')],
  ]
  for (const [what, options] of invalid)
    it(`refuse ${what}`, async () => {
      const built = options()
      if (what === 'no way to give ids') built?.clearUuidOption()
      const error = (await rejection(read(built))) as ServiceError
      expect(error.code, error.message).to.equal(status.INVALID_ARGUMENT)
    })

  it('resolve links whose target can be read', async () => {
    const { client } = running()
    const [target, hidden, gone, links] = [newStream(), newStream(), newStream(), newStream()]
    await client.appendToStream(target, [someEvent({ n: 0 }), someEvent({ n: 1 })])
    await client.appendToStream(hidden, someEvents(2))
    await client.setStreamMetadata(hidden, { truncateBefore: 1 })
    await client.appendToStream(gone, someEvent())
    await client.tombstoneStream(gone)
    const link = (to: string) =>
      jsonEvent({ id: randomUUID(), type: '$>', data: to as unknown as Record<string, unknown> })
    const texts = [`1@${target}`, `0@${hidden}`, `1@${hidden}`, `0@${gone}`, `7@${target}`, 'none']
    await client.appendToStream(
      links,
      texts.map((text) => ({
        ...link(text),
        contentType: 'application/octet-stream' as const,
        data: Buffer.from(text),
      })),
    )
    const resolved = await collect(client.readStream(links, { resolveLinkTos: true }))
    expect(resolved.map((one) => one.event?.streamId)).to.deep.equal([
      target,
      undefined,
      hidden,
      undefined,
      undefined,
      links,
    ])
    expect(resolved.map((one) => one.link?.revision)).to.deep.equal([0n, 1n, 2n, 3n, 4n, undefined])
    expect(resolved[0]?.event?.data).to.deep.equal({ n: 1 })
    expect(resolved[0]?.commitPosition).to.equal(resolved[0]?.link?.position?.commit)
    const plain = await collect(client.readStream(links))
    expect(plain.map((one) => one.event?.streamId)).to.deep.equal(texts.map(() => links))
  })

  it('show what is written in another page of the log: thousands of events, both ways, from anywhere', async () => {
    const { client } = running()
    const stream = newStream()
    for (let n = 0; n < 3; n += 1) await client.appendToStream(stream, someEvents(700))
    const seen = async (options: Parameters<typeof client.readStream>[1]) =>
      (await collect(client.readStream(stream, options))).map(({ event }) => Number(event?.revision))
    const all = Array.from({ length: 2100 }, (_, n) => n)
    expect(await seen({})).to.deep.equal(all)
    expect(await seen({ direction: 'backwards', fromRevision: 'end' })).to.deep.equal(all.toReversed())
    expect(await seen({ fromRevision: 511n, maxCount: 514 })).to.deep.equal(all.slice(511, 1025))
    expect(await seen({ direction: 'backwards', fromRevision: 600n })).to.deep.equal(all.slice(0, 601).toReversed())
  }).timeout(30_000)

  it('of large events keep to pages of a few MB', async () => {
    const { client } = running()
    const stream = newStream()
    const blob = Buffer.alloc(1_000_000)
    for (let n = 0; n < 12; n += 1)
      await client.appendToStream(stream, { ...someEvent(), contentType: 'application/octet-stream', data: blob })
    const stored = await collect(client.readStream(stream))
    expect(stored.map(({ event }) => event?.revision)).to.deep.equal(stored.map((_, n) => BigInt(n)))
    expect(stored).to.have.length(12)
  }).timeout(30_000)

  it('hide events older than $maxAge', async () => {
    const { client } = running()
    const stream = newStream()
    await client.appendToStream(stream, someEvent())
    await client.setStreamMetadata(stream, { maxAge: 1 })
    const visible = async () => (await collect(client.readStream(stream))).length
    expect(await visible()).to.equal(1)
    for (const until = Date.now() + 20000; (await visible()) > 0 && Date.now() < until;)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await visible()).to.equal(0)
    const positions = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 50 }))
    expect(positions.some(({ event }) => event?.streamId === stream)).to.equal(true)
  })

  it('give the time of an event, rising within an append', async () => {
    const { client } = running()
    const stream = newStream()
    await client.appendToStream(stream, someEvents(5))
    const responses = await read(streamOptions(stream).setCount('10'))
    const created = responses.map((one) => BigInt(one.getEvent()?.getEvent()?.getMetadataMap().get('created') ?? 0))
    expect(created).to.deep.equal([...new Set(created)].toSorted((a, b) => (a < b ? -1 : 1)))
    expect(Math.abs(Number(created[0]) / 10_000 - Date.now())).to.be.below(60_000)
  })

  it('in other scripts: the name in an error is percent-encoded', async () => {
    const { client } = running()
    const stream = `漢字 ${randomUUID()}`
    await client.tombstoneStream(stream)
    const error = await rejection(collect(client.readStream(stream)))
    expect(error).to.have.property('streamName', stream.replace('漢字', encodeURIComponent('漢字')))
  })
})

describe('gossip', () => {
  const running = runningServer()

  it('names this server as the only member, leader and alive', async () => {
    const { port } = running().server
    const gossip = new GossipClient(`127.0.0.1:${port}`, credentials.createInsecure())
    const members = await new Promise<unknown>((resolve, reject) => {
      gossip.read(new Empty(), (error, info) => (error === null ? resolve(info.toObject().membersList) : reject(error)))
    })
    gossip.close()
    expect(members).to.have.length(1)
    expect(members).to.have.nested.property('[0].state', 8)
    expect(members).to.have.nested.property('[0].isAlive', true)
    expect(members).to.have.deep.nested.property('[0].httpEndPoint', { address: '127.0.0.1', port })
  })
})
