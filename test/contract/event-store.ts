import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { ReadonlyNonEmptyArray } from 'fp-ts/ReadonlyNonEmptyArray'
import type {
  Appended,
  Delivery,
  EventStore,
  Json,
  NewEvent,
  Position,
  Recorded,
  StreamName,
  StreamSlice,
  SubscriptionStart,
} from '../../src/domain/event-store'
import type { EventId } from '../../src/domain/ids'
import { comparePositions, revision } from '../../src/domain/position'
import { until } from '../support/until'

export const newEvent = (data: Json = { n: 1 }, type = 'SomethingHappened'): NewEvent => ({
  id: randomUUID() as EventId,
  type,
  data,
  metadata: { $correlationId: randomUUID() },
})

export const newEvents = (count: number): ReadonlyNonEmptyArray<NewEvent> =>
  Array.from({ length: count }, (_, n) => newEvent({ n })) as unknown as ReadonlyNonEmptyArray<NewEvent>

/** A category nobody else has, so that a subscription to it sees this test's events only. */
export const newCategory = (): string => `contract_${randomUUID().slice(0, 8)}`
export const newStream = (category = newCategory()): StreamName => `${category}-${randomUUID()}` as StreamName

export const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isRight(either)) return either.right
  throw new Error(
    `refused: ${(either.left as { _tag: string })._tag} ${JSON.stringify(either.left, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))}`,
  )
}

export const left = <Err>(either: E.Either<Err, unknown>): Err => {
  if (E.isLeft(either)) return either.left
  throw new Error('accepted')
}

/** Reads a subscription in the background and keeps what it delivers. */
export const listen = (store: EventStore, start: SubscriptionStart, prefixes: ReadonlyArray<string>) => {
  const stop = new AbortController()
  const deliveries: Delivery[] = []
  const done = (async () => {
    for await (const delivery of store.subscribe(start, prefixes, stop.signal)) deliveries.push(delivery)
  })()
  const events = (): ReadonlyArray<Recorded> => deliveries.flatMap((d) => (d._tag === 'Event' ? [d.event] : []))
  const seen = (tag: Delivery['_tag']) => deliveries.filter(({ _tag }) => _tag === tag).length
  return {
    deliveries,
    events,
    seen,
    ids: () => events().map(({ id }) => id),
    done,
    stop: async () => {
      stop.abort()
      await done
    },
  }
}

/** What every `EventStore` does. `open` gives a store over a server that may hold other streams already. */
export const eventStoreContract = (name: string, open: () => Promise<EventStore>): void => {
  describe(`${name} keeps the event store's contract`, () => {
    let store: EventStore
    before(async () => (store = await open()))
    after(() => store.close())

    const append = async (stream: StreamName, from: bigint | 'no_stream', events: ReadonlyNonEmptyArray<NewEvent>) =>
      store.append(stream, from === 'no_stream' ? from : revision(from), events)()
    const read = async (stream: StreamName, from = 0n, limit = 5_000) =>
      right(await store.readStream(stream, { from: revision(from), limit })())
    const backwards = async (stream: StreamName, slice: StreamSlice) =>
      right(await store.readStream(stream, { ...slice, backwards: true })()).map((event) => event.revision)

    describe('append', () => {
      it('writes all events of a new stream and tells revision and position of the last', async () => {
        const stream = newStream()
        const events = newEvents(3)
        const done = right(await append(stream, 'no_stream', events))
        const there = await read(stream)
        expect(done.revision).to.equal(2n)
        expect(there.map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id))
        expect(there[2]?.position).to.deep.equal(done.position)
      })

      it('goes on at the exact revision', async () => {
        const stream = newStream()
        right(await append(stream, 'no_stream', newEvents(2)))
        expect(right(await append(stream, 1n, newEvents(2))).revision).to.equal(3n)
      })

      it('refuses another revision and tells the actual one', async () => {
        const stream = newStream()
        expect(left(await append(stream, 4n, newEvents(1)))).to.deep.equal({
          _tag: 'WrongExpectedRevision',
          actual: 'no_stream',
        })
        right(await append(stream, 'no_stream', newEvents(3)))
        for (const wrong of ['no_stream', 1n, 7n] as const)
          expect(left(await append(stream, wrong, newEvents(1)))).to.deep.equal({
            _tag: 'WrongExpectedRevision',
            actual: 2n,
          })
        expect(await read(stream)).to.have.length(3)
      })

      it('writes the same events once, however often they are sent, and answers the same', async () => {
        const stream = newStream()
        const events = newEvents(3)
        const first = right(await append(stream, 'no_stream', events))
        right(await append(stream, 2n, newEvents(2)))
        expect(right(await append(stream, 'no_stream', events))).to.deep.equal(first)
        expect(await read(stream)).to.have.length(5)
      })

      it('refuses events sent again in another order or with one more', async () => {
        const stream = newStream()
        const events = newEvents(2)
        right(await append(stream, 'no_stream', events))
        const [one, two] = events as unknown as [NewEvent, NewEvent]
        expect(left(await append(stream, 'no_stream', [two, one]))._tag).to.equal('WrongExpectedRevision')
        expect(left(await append(stream, 'no_stream', [one, two, newEvent()]))._tag).to.equal('WrongExpectedRevision')
        expect(await read(stream)).to.have.length(2)
      })

      it('lets one of many callers win a revision, the others learn it', async () => {
        const stream = newStream()
        const answers = await Promise.all(Array.from({ length: 20 }, () => append(stream, 'no_stream', newEvents(1))))
        expect(answers.filter(E.isRight)).to.have.length(1)
        for (const answer of answers.filter(E.isLeft))
          expect(answer.left).to.deep.equal({ _tag: 'WrongExpectedRevision', actual: 0n })
      })

      it('writes the same command given 20 times at once a single time', async () => {
        const stream = newStream()
        const events = newEvents(2)
        const answers = await Promise.all(Array.from({ length: 20 }, () => append(stream, 'no_stream', events)))
        expect(new Set(answers.map((answer) => right(answer).position.commit)).size).to.equal(1)
        expect(await read(stream)).to.have.length(2)
      })

      it('keeps what JSON can say as it was', async () => {
        const stream = newStream()
        const data = JSON.parse(
          '{"text":"ção 🚀 \\u2028","list":[1,2.5,-0.1,1e-7,[],{}],"deep":{"null":null,"yes":true,"":1},"__proto__":{"polluted":true},"constructor":1,"max":9007199254740991}',
        ) as Json
        right(await append(stream, 'no_stream', [newEvent(data)]))
        const [event] = await read(stream)
        expect(JSON.stringify(event?.data)).to.equal(JSON.stringify(data))
        expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
      })

      it('takes up to 1,048,576 bytes of data and not one more', async () => {
        const filled = (bytes: number) => newEvent({ t: 'x'.repeat(bytes - '{"t":""}'.length) })
        right(await append(newStream(), 'no_stream', [filled(1_048_576)]))
        right(await append(newStream(), 'no_stream', [filled(524_288), filled(524_288)]))
        const stream = newStream()
        expect(left(await append(stream, 'no_stream', [filled(524_288), filled(524_289)]))).to.deep.equal({
          _tag: 'EventTooLarge',
          bytes: 1_048_577,
          limit: 1_048_576,
        })
        expect(await read(stream)).to.deep.equal([])
      })

      it('takes 1,000 events and not one more', async () => {
        const stream = newStream()
        expect(left(await append(stream, 'no_stream', newEvents(1_001)))).to.include({
          _tag: 'EventNotEncodable',
          path: 'events',
        })
        expect(await read(stream)).to.deep.equal([])
      })

      it('refuses what JSON cannot carry, with the path, and writes nothing', async () => {
        const cyclic: Record<string, unknown> = {}
        cyclic['self'] = { list: [cyclic] }
        const bad: ReadonlyArray<readonly [unknown, string]> = [
          [{ a: 1n }, '[1].data.a'],
          [cyclic, '[1].data.self.list[0]'],
          [{ a: undefined }, '[1].data.a'],
          [undefined, '[1].data'],
          [{ a: [1, NaN] }, '[1].data.a[1]'],
          [{ a: Infinity }, '[1].data.a'],
          [{ a: 2 ** 53 }, '[1].data.a'],
          [{ a: 'x\u0000' }, '[1].data.a'],
          [{ a: { b: 'x\ud800' } }, '[1].data.a.b'],
          [{ 'k\udc00': 1 }, '[1].data'],
          ['text', '[1].data'],
          [{ a: new Date(0) }, '[1].data.a'],
          [{ a: () => 1 }, '[1].data.a'],
        ]
        for (const [data, path] of bad) {
          const stream = newStream()
          const refusal = left(await append(stream, 'no_stream', [newEvent(), { ...newEvent(), data: data as Json }]))
          expect(refusal).to.include({ _tag: 'EventNotEncodable', path })
          expect(await read(stream)).to.deep.equal([])
        }
      })
    })

    describe('readStream', () => {
      it('finds a stream never written empty', async () => {
        expect(await read(newStream())).to.deep.equal([])
      })

      it('gives id, stream, type, revision, position, time, data and metadata', async () => {
        const stream = newStream()
        const event = newEvent({ a: [1, { b: null }] }, 'Namedé')
        const done = right(await append(stream, 'no_stream', [event]))
        const [{ created, ...there } = { created: new Date(0) }] = await read(stream)
        expect(there).to.deep.equal({ ...event, stream, revision: 0n, position: done.position })
        expect(Math.abs(created.getTime() - Date.now())).to.be.lessThan(60_000)
      })

      it('reads from a revision, so many events, in order', async () => {
        const stream = newStream()
        right(await append(stream, 'no_stream', newEvents(10)))
        const slice = await read(stream, 4n, 3)
        expect(slice.map((event) => event.revision)).to.deep.equal([4n, 5n, 6n])
        expect(await read(stream, 10n)).to.deep.equal([])
        expect(await read(stream, 9n, 1)).to.have.length(1)
      })

      it('reads backwards from the last event or from a revision, so many events, in falling order', async () => {
        const stream = newStream()
        expect(await backwards(stream, { limit: 3 })).to.deep.equal([])
        right(await append(stream, 'no_stream', newEvents(10)))
        expect(await backwards(stream, { limit: 3 })).to.deep.equal([9n, 8n, 7n])
        expect(await backwards(stream, { from: revision(4n), limit: 3 })).to.deep.equal([4n, 3n, 2n])
        expect(await backwards(stream, { from: revision(1n), limit: 3 })).to.deep.equal([1n, 0n])
        expect(await backwards(stream, { from: revision(0n), limit: 3 })).to.deep.equal([0n])
        const [last] = right(await store.readStream(stream, { limit: 1, backwards: true })())
        expect(last).to.deep.equal((await read(stream, 9n))[0])
      })

      it('reads no more once events weigh so many bytes, and one in any case, in both directions', async () => {
        const stream = newStream()
        const heavy = () => newEvent({ text: 'x'.repeat(100_000) })
        right(await append(stream, 'no_stream', [heavy(), newEvent(), heavy(), heavy(), newEvent(), heavy()]))
        const revisions = async (slice: StreamSlice) =>
          right(await store.readStream(stream, slice)()).map((event) => event.revision)
        expect(await revisions({ limit: 10, bytes: 50_000 })).to.deep.equal([0n])
        expect(await revisions({ limit: 10, bytes: 150_000 })).to.deep.equal([0n, 1n, 2n])
        expect(await revisions({ from: revision(1n), limit: 10, bytes: 50_000 })).to.deep.equal([1n, 2n])
        expect(await revisions({ limit: 10, bytes: 10_000_000 })).to.have.length(6)
        expect(await backwards(stream, { limit: 10, bytes: 50_000 })).to.deep.equal([5n])
        expect(await backwards(stream, { from: revision(4n), limit: 10, bytes: 50_000 })).to.deep.equal([4n, 3n])
        expect(await backwards(stream, { from: revision(4n), limit: 1, bytes: 50_000 })).to.deep.equal([4n])
      })

      it('never gives more than 5,000 events', async () => {
        const stream = newStream()
        for (let n = 0n; n <= 5n; n++)
          right(await append(stream, n === 0n ? 'no_stream' : n * 1_000n - 1n, newEvents(1_000)))
        expect(await read(stream, 0n, 1_000_000)).to.have.length(5_000)
        expect((await read(stream, 5_999n, 1_000_000)).map((event) => event.revision)).to.deep.equal([5_999n])
        expect(await backwards(stream, { limit: 1_000_000 })).to.have.length(5_000)
      })
    })

    describe('tail', () => {
      it('is the position of the last event of the whole log', async () => {
        const done: Appended = right(await append(newStream(), 'no_stream', newEvents(2)))
        expect(comparePositions(right(await store.tail()) as Position, done.position)).to.be.greaterThan(-1)
      })
    })

    describe('subscribe', () => {
      it('delivers the past in order, then CaughtUp, then the present', async () => {
        const category = newCategory()
        const [a, b] = [newStream(category), newStream(category)]
        right(await append(a, 'no_stream', newEvents(2)))
        right(await append(b, 'no_stream', newEvents(2)))
        right(await append(a, 1n, newEvents(1)))
        const heard = listen(store, 'start', [category])
        await until(() => heard.seen('CaughtUp') === 1)
        expect(heard.events().map((e) => [e.stream, e.revision])).to.deep.equal([
          [a, 0n],
          [a, 1n],
          [b, 0n],
          [b, 1n],
          [a, 2n],
        ])
        right(await append(b, 1n, newEvents(1)))
        await until(() => heard.events().length === 6)
        expect(heard.events()[5]).to.include({ stream: b, revision: 2n })
        expect(heard.events()[5]).to.deep.equal((await read(b, 2n))[0])
        await heard.stop()
      })

      it('starts strictly after a position', async () => {
        const category = newCategory()
        const stream = newStream(category)
        right(await append(stream, 'no_stream', newEvents(3)))
        const [, second] = await read(stream)
        const heard = listen(store, second!.position, [category])
        await until(() => heard.events().length > 0)
        expect(heard.events().map((e) => e.revision)).to.deep.equal([2n])
        await heard.stop()
      })

      it('delivers every event once and in order, whatever is written during the switch from past to present', async () => {
        const category = newCategory()
        const streams = Array.from({ length: 8 }, () => newStream(category))
        const write = (stream: StreamName) => async () => {
          for (let n = 0n; n < 40n; n++) right(await append(stream, n === 0n ? 'no_stream' : n - 1n, newEvents(1)))
        }
        const writing = Promise.all(streams.map((stream) => write(stream)()))
        const heard = listen(store, 'start', [category])
        await writing
        await until(() => heard.events().length >= 320, 8_000)
        for (const stream of streams)
          expect(
            heard
              .events()
              .filter((e) => e.stream === stream)
              .map((e) => e.revision),
          ).to.deep.equal(Array.from({ length: 40 }, (_, n) => BigInt(n)))
        const positions = heard.events().map(({ position }) => position)
        positions.slice(1).forEach((position, n) => expect(comparePositions(position, positions[n]!)).to.equal(1))
        await heard.stop()
      })

      it('hears only streams that begin with one of the prefixes', async () => {
        const [one, two, other] = [newCategory(), newCategory(), newCategory()]
        for (const category of [other, one, two, other])
          right(await append(newStream(category), 'no_stream', newEvents(1)))
        const heard = listen(store, 'start', [`${one}-`, `${two}-`])
        await until(() => heard.seen('CaughtUp') > 0)
        expect(heard.events().map((e) => e.stream.split('-')[0])).to.deep.equal([one, two])
        await heard.stop()
      })

      it('gives checkpoints that grow and never pass the tail, over events that do not match', async () => {
        const begin = right(await store.tail())
        for (let n = 0; n < 3; n++) right(await append(newStream(), 'no_stream', newEvents(1_000)))
        const heard = listen(store, begin ?? 'start', [newCategory()])
        await until(() => heard.seen('Checkpoint') > 0)
        await heard.stop()
        const tail = right(await store.tail())!
        const positions = heard.deliveries.flatMap((d) => (d._tag === 'Checkpoint' ? [d.position] : []))
        positions.slice(1).forEach((position, n) => expect(comparePositions(position, positions[n]!)).to.equal(1))
        for (const position of positions) expect(comparePositions(position, tail)).to.be.lessThan(1)
      })

      it('ends with BeyondTail when the start lies after the log', async () => {
        const tail = right(await store.tail())!
        const beyond = { commit: tail.commit + 1_000_000_000n, prepare: tail.prepare + 1_000_000_000n }
        const heard = listen(store, beyond, [newCategory()])
        await heard.done
        expect(heard.deliveries.map(({ _tag }) => _tag)).to.deep.equal(['BeyondTail'])
      })

      it('ends when the signal aborts, before or while it waits', async () => {
        const stop = new AbortController()
        const deliveries: Delivery[] = []
        const reading = (async () => {
          for await (const delivery of store.subscribe('start', [newCategory()], stop.signal)) deliveries.push(delivery)
        })()
        await until(() => deliveries.length > 0)
        stop.abort()
        await reading
        for await (const delivery of store.subscribe('start', [newCategory()], stop.signal)) expect.fail(delivery._tag)
      })

      it('serves many subscriptions at once, each from its own start', async () => {
        const category = newCategory()
        const stream = newStream(category)
        right(await append(stream, 'no_stream', newEvents(20)))
        const starts = [undefined, ...(await read(stream)).map(({ position }) => position)].slice(0, 20)
        const all = starts.map((start) => listen(store, start ?? 'start', [category]))
        await until(() => all.every((heard, n) => heard.events().length === 20 - n))
        await Promise.all(all.map((heard) => heard.stop()))
      })
    })
  })
}
