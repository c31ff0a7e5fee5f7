import { expect } from 'chai'
import fc from 'fast-check'
import { holdsMoreValues } from '../../src/api/body/values'
import { hasMoreValues } from '../../src/domain/json'

const has = (json: string, most: number): boolean => holdsMoreValues(Buffer.from(json), most)

describe('the values of a body', () => {
  const counts: ReadonlyArray<readonly [json: string, values: number]> = [
    ['', 0],
    ['7', 0],
    ['{}', 0],
    ['[ ]', 0],
    ['[[]]', 1],
    ['{"a": 1}', 1],
    ['[1, 2, [3, {}], {"b": [\n]}]', 7],
    [String.raw`["a,b", "[{,", "\",[", "\\", ","]`, 5],
    ['{"trigger_data": {"é,": "[[", "😀": null}}', 3],
  ]
  for (const [json, values] of counts)
    it(`${json} has ${values}`, () => {
      expect(has(json, values)).to.equal(false)
      expect(has(json, values - 1)).to.equal(true)
    })

  it('are as many before it is parsed as after', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), fc.nat(20), (value, indent, most) => {
        expect(has(JSON.stringify(value, undefined, indent), most)).to.equal(hasMoreValues(value, most))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are counted in what is no JSON too', () => {
    for (const json of ['['.repeat(500_000), '{"a":'.repeat(200_000), `[${'1,'.repeat(500_000)}`])
      expect([has(json, 20_000), has(json, 1_000_000)]).to.deep.equal([true, false])
    for (const json of ['"', '"a\\', '["a', '}]', ',']) expect(has(json, 1)).to.equal(false)
  })
})
