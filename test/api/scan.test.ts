import { expect } from 'chai'
import fc from 'fast-check'
import { scan } from '../../src/api/body/scan'

const problems = (json: string) => scan(json).map(({ pointer, problem }) => `${pointer ?? ''} ${problem}`)

describe('what JSON text holds that cannot be kept', () => {
  it('is nothing in any ordinary JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small', noUnicodeString: false }), (value) => {
        const json = JSON.stringify(value, (_, each: unknown) =>
          typeof each === 'number' ? Math.trunc(each % 1e9) : each,
        )
        const clean = !/\\u0000|\\ud[89a-f]|__proto__|constructor|prototype/i.test(json)
        expect(scan(json).length === 0 || !clean).to.equal(true)
      }),
    )
  })

  it('names numbers beyond 2^53, each at its place', () => {
    expect(problems('{"a": 9007199254740993, "b": [1, -9007199254740992, 1e400, 9007199254740991]}')).to.deep.equal([
      '/a is a number beyond 2^53; send it as text',
      '/b/1 is a number beyond 2^53; send it as text',
      '/b/2 is a number beyond 2^53; send it as text',
    ])
  })

  it('names NUL and halves of surrogate pairs, also in names', () => {
    expect(problems(String.raw`{"a": "x\u0000", "b": "\ud800", "c\u0000": 1, "d": "\ud83d\ude00"}`)).to.deep.equal([
      '/a holds the NUL character',
      '/b holds half a surrogate pair',
      '/c\0 holds the NUL character',
    ])
  })

  it('names fields that would reach a prototype, however they are written', () => {
    expect(problems(String.raw`{"__proto__": {}, "x": {"\u0063onstructor": 1, "prototype": 2}}`)).to.deep.equal([
      '/__proto__ is not an allowed name',
      '/x/constructor is not an allowed name',
      '/x/prototype is not an allowed name',
    ])
  })

  it('names fields given twice', () => {
    expect(problems('{"a": 1, "b": {"a": 1}, "a": 2}')).to.deep.equal(['/a is given twice'])
  })

  it('escapes pointers', () => {
    expect(problems('{"a/b~c": 1e30}')).to.deep.equal(['/a~1b~0c is a number beyond 2^53; send it as text'])
  })

  it('stops at depth 64', () => {
    expect(problems('['.repeat(64) + ']'.repeat(64))).to.deep.equal([])
    expect(problems('['.repeat(65) + ']'.repeat(65))).to.deep.equal([' is nested deeper than 64'])
    expect(problems('{"a":'.repeat(60_000) + '1' + '}'.repeat(60_000))).to.have.length(1)
  })

  it('reads a long text in linear time', () => {
    const json = JSON.stringify({ text: '"\\'.repeat(150_000), list: Array.from({ length: 100_000 }, () => 1) })
    const began = performance.now()
    expect(scan(json)).to.deep.equal([])
    expect(performance.now() - began).to.be.lessThan(20_000)
  })

  it('tells at most fifty problems', () => {
    expect(scan(`[${Array.from({ length: 200 }, () => '1e30').join(',')}]`)).to.have.length(50)
  })
})
