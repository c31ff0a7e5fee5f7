import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Json, NewEvent } from '../../../src/domain/event-store'
import type { EventId } from '../../../src/domain/ids'
import { encode } from '../../../src/stores/events/encode'
import { whyNotJson } from '../../../src/stores/events/json'
import { left, newStream, right } from '../../contract/event-store'

const event = (data: unknown, metadata: Json = {}): NewEvent => ({
  id: randomUUID() as EventId,
  type: 'Encoded',
  data: data as Json,
  metadata,
})

const text = fc.string({ unit: 'binary' }).filter((s) => !s.includes('\0'))
const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    text,
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((n) => n + 0),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(text, tie('json'), { maxKeys: 5 }),
  ),
})).json
const bad: fc.Arbitrary<unknown> = fc.oneof(
  fc.bigInt(),
  fc.constantFrom(
    undefined,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 60),
    Symbol('s'),
    new Map(),
    new Date(),
    Buffer.from('x'),
  ),
  text.map((s) => `${s}\0`),
  text.map((s) => `${s}\ud83d`),
  fc.func(fc.nat()),
)

describe('What may be appended', () => {
  it('is any JSON, and it stays byte for byte what it was', () => {
    fc.assert(
      fc.property(fc.dictionary(text, json), (data) => {
        const { events } = right(encode(newStream(), [event(data)]))
        expect(JSON.stringify(events[0]?.data)).to.equal(JSON.stringify(JSON.parse(JSON.stringify(data))))
      }),
    )
  })

  it('is refused when anything else is anywhere in it', () => {
    fc.assert(
      fc.property(json, bad, fc.array(fc.constantFrom('object', 'array')), (around, inner, path) => {
        const data = { d: path.reduce<unknown>((d, kind) => (kind === 'object' ? { around, d } : [around, d]), inner) }
        expect(left(encode(newStream(), [event(data)]))._tag).to.equal('EventNotEncodable')
      }),
    )
  })

  it('has no hole, no cycle and no more than 200 levels, and is looked through without recursion running out', () => {
    const cycle: unknown[] = []
    cycle.push({ cycle })
    const nested = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1)
    expect(whyNotJson(Array(2), '$')).to.deep.equal({ path: '$[0]', reason: 'is undefined' })
    expect(whyNotJson(cycle, '$')).to.deep.equal({ path: '$[0].cycle', reason: 'contains itself' })
    expect(whyNotJson(nested(200), '$')).to.equal(undefined)
    expect(whyNotJson(nested(201), '$')?.reason).to.equal('is nested deeper than 200')
    expect(whyNotJson(nested(100_000), '$')?.reason).to.equal('is nested deeper than 200')
  })

  it('may hold the same value twice', () => {
    const shared = { a: 1 }
    expect(whyNotJson([shared, shared], '$')).to.equal(undefined)
  })

  it('has at most 1,048,576 bytes of metadata as well', () => {
    const bytes = (n: number) => ({ t: 'x'.repeat(n - '{"t":""}'.length) })
    right(encode(newStream(), [event({}, bytes(1_048_576))]))
    expect(left(encode(newStream(), [event({}, bytes(1_048_577))]))).to.include({
      _tag: 'EventTooLarge',
      bytes: 1_048_577,
    })
  })

  it('is too large with one part in very many places, and not written out to see that', () => {
    let read = 0
    const part = new Proxy(
      { text: 'x'.repeat(100_000) },
      {
        ownKeys: (target) => {
          read += 1
          return Reflect.ownKeys(target)
        },
      },
    )
    expect(left(encode(newStream(), [event({ list: Array.from({ length: 100_000 }, () => part) })]))).to.include({
      _tag: 'EventTooLarge',
      limit: 1_048_576,
    })
    expect(read).to.be.lessThan(20)
  })
})
