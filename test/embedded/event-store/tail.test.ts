import { expect } from 'chai'
import fc from 'fast-check'
import { type EventRecord } from '../../../src/embedded/event-store/model'
import { type Direction } from '../../../src/embedded/event-store/reader'
import { createTail } from '../../../src/embedded/event-store/tail'

const eventOf = (stream: string, revision: bigint, position: bigint): EventRecord => ({
  id: `${stream}-${revision}`,
  type: 'T',
  isJson: true,
  metadata: new Uint8Array(),
  data: new Uint8Array(100),
  stream,
  revision,
  position,
  created: position,
})

/** What a database would answer. */
const pageOf = (
  events: ReadonlyArray<EventRecord>,
  low: bigint,
  high: bigint,
  direction: Direction,
  limit: number,
): ReadonlyArray<EventRecord> => {
  const inRange = events.filter(({ revision }) => revision >= low && revision <= high)
  return (direction === 'forwards' ? inRange : inRange.toReversed()).slice(0, limit)
}

describe('the newest events in memory', () => {
  const written = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 60 })
  const ranges = fc.record({
    stream: fc.constantFrom('a', 'b', 'c', 'never written'),
    low: fc.bigInt(0n, 20n),
    length: fc.bigInt(0n, 20n),
    direction: fc.constantFrom<Direction>('forwards', 'backwards'),
    limit: fc.integer({ min: 1, max: 25 }),
  })

  it('are a page of a stream as the database would give it, or nothing', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 0, max: 20_000 }), fc.array(ranges), (streams, bytes, asked) => {
        const tail = createTail(bytes)
        const all: EventRecord[] = []
        for (const stream of streams) {
          const revision = BigInt(all.filter((event) => event.stream === stream).length)
          const event = eventOf(stream, revision, BigInt(all.length) + 1n)
          all.push(event)
          tail.publish([event])
        }
        for (const { stream, low, length, direction, limit } of asked) {
          const ofStream = all.filter((event) => event.stream === stream)
          const high = [low + length, BigInt(ofStream.length) - 1n].reduce((a, b) => (a < b ? a : b))
          if (high < low) continue
          const page = tail.ofStream(stream, { low, high, direction, limit })
          if (page !== undefined) expect(page).to.deep.equal(pageOf(ofStream, low, high, direction, limit))
        }
      }),
    )
  })

  it('are all there while they fit, and none of another log after a reset', () => {
    const tail = createTail(1_000_000)
    tail.publish([eventOf('a', 0n, 1n), eventOf('a', 1n, 2n)])
    const range = { low: 0n, high: 1n, direction: 'forwards', limit: 10 } as const
    expect(tail.ofStream('a', range)).to.have.length(2)
    tail.reset(1n)
    expect(tail.ofStream('a', range)).to.equal(undefined)
  })

  it('are let go of in time, also when they are many and of one stream', () => {
    const tail = createTail(40_000_000)
    const many = Array.from({ length: 400_000 }, (_, n) => eventOf('a', BigInt(n), BigInt(n) + 1n))
    for (let n = 0; n < many.length; n += 1_000) tail.publish(many.slice(n, n + 1_000))
    expect(tail.ofStream('a', { low: 0n, high: 0n, direction: 'forwards', limit: 1 })).to.equal(undefined)
    expect(tail.end()).to.equal(400_000n)
  }).timeout(20_000)

  it('reach only as far back as they fit', () => {
    const tail = createTail(1_000)
    for (let n = 0n; n < 50n; n += 1n) tail.publish([eventOf('a', n, n + 1n)])
    const range = (low: bigint) => ({ low, high: 49n, direction: 'forwards', limit: 100 }) as const
    expect(tail.ofStream('a', range(0n))).to.equal(undefined)
    expect(tail.ofStream('a', range(49n))).to.have.length(1)
    expect(tail.ofStream('a', { ...range(0n), direction: 'backwards', limit: 1 })).to.have.length(1)
  })
})
