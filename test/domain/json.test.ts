import { expect } from 'chai'
import fc from 'fast-check'
import { hasMoreValues, type JsonObject, mergePatch } from '../../src/domain/json'

const parsed = (text: string) => JSON.parse(text) as JsonObject
const merged = (target: string, patch: string): string => JSON.stringify(mergePatch(parsed(target), parsed(patch)))

/** RFC 7396, appendix A: those of its examples that are objects. */
const examples = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
] as const

describe('a merge patch', () => {
  for (const [target, patch, result] of examples)
    it(`${patch} of ${target} is ${result}`, () => expect(merged(target, patch)).to.equal(result))

  it('is that of the example of section 3', () => {
    const target =
      '{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],"content":"This will be unchanged"}'
    const patch = '{"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},"tags":["example"]}'
    expect(mergePatch(parsed(target), parsed(patch))).to.deep.equal({
      title: 'Hello!',
      author: { givenName: 'John' },
      tags: ['example'],
      content: 'This will be unchanged',
      phoneNumber: '+01-123-456-7890',
    })
  })

  it('is a field by any name', () => {
    const hostile = '{"__proto__":{"isAdmin":true},"constructor":{"a":1}}'
    expect(merged('{}', hostile)).to.equal(hostile)
    expect(mergePatch({}, parsed(hostile))).to.not.have.property('isAdmin')
    expect(merged('{"toString":"x"}', '{"toString":null,"valueOf":{"a":1}}')).to.equal('{"valueOf":{"a":1}}')
  })

  it('leaves what it is merged into as it was, and merged again changes nothing', () => {
    const objects = fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 3 }))
      .map((value) => parsed(JSON.stringify(value)))
    fc.assert(
      fc.property(objects, objects, (target, patch) => {
        const before = JSON.stringify(target)
        const once = mergePatch(target, patch)
        expect(JSON.stringify(target)).to.equal(before)
        expect(mergePatch(once, patch)).to.deep.equal(once)
      }),
    )
  })
})

describe('the number of values', () => {
  it('counts fields and items, a part that stands in two places twice', () => {
    const part = { a: [1, 2], b: {} }
    for (const [value, count] of [
      ['text', 0],
      [part, 4],
      [[part, { part }], 11],
    ] as const)
      expect([hasMoreValues(value, count), hasMoreValues(value, count - 1)]).to.deep.equal([false, true])
  })

  it('is not counted beyond the limit', () => {
    let read = 0
    const part = new Proxy(
      {},
      {
        ownKeys: () => {
          read += 1
          return []
        },
      },
    )
    const whole = { list: Array.from({ length: 1_000 }, () => part) }
    expect(hasMoreValues({ whole, again: Array.from({ length: 1_000 }, () => whole) }, 3_000)).to.equal(true)
    expect(read).to.be.lessThan(3_000)
  })
})
