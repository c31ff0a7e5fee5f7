import { expect } from 'chai'
import fc from 'fast-check'
import { scan } from '../../src/api/body/scan'

const problems = async (json: string) =>
  (await scan(json)()).map(({ pointer, problem }) => `${pointer ?? ''} ${problem}`)

describe('what JSON text holds that cannot be kept', () => {
  it('is nothing in any ordinary JSON', () => {
    return fc.assert(
      fc.asyncProperty(fc.jsonValue({ depthSize: 'small', noUnicodeString: false }), async (value) => {
        const json = JSON.stringify(value, (_, each: unknown) =>
          typeof each === 'number' ? Math.trunc(each % 1e9) : each,
        )
        const clean = !/\\u0000|\\ud[89a-f]|__proto__|constructor|prototype/i.test(json)
        expect((await scan(json)()).length === 0 || !clean).to.equal(true)
      }),
    )
  })

  it('names numbers beyond 2^53, each at its place', async () => {
    expect(
      await problems('{"a": 9007199254740993, "b": [1, -9007199254740992, 1e400, 9007199254740991]}'),
    ).to.deep.equal([
      '/a is a number beyond 2^53; send it as text',
      '/b/1 is a number beyond 2^53; send it as text',
      '/b/2 is a number beyond 2^53; send it as text',
    ])
  })

  it('names NUL and halves of surrogate pairs, also in names', async () => {
    expect(
      await problems(String.raw`{"a": "x\u0000", "b": "\ud800", "c\u0000": 1, "d": "\ud83d\ude00"}`),
    ).to.deep.equal(['/a holds the NUL character', '/b holds half a surrogate pair', '/c\0 holds the NUL character'])
  })

  it('names fields that would reach a prototype, however they are written', async () => {
    expect(await problems(String.raw`{"__proto__": {}, "x": {"\u0063onstructor": 1, "prototype": 2}}`)).to.deep.equal([
      '/__proto__ is not an allowed name',
      '/x/constructor is not an allowed name',
      '/x/prototype is not an allowed name',
    ])
  })

  it('names fields given twice', async () => {
    expect(await problems('{"a": 1, "b": {"a": 1}, "a": 2}')).to.deep.equal(['/a is given twice'])
  })

  it('escapes pointers', async () => {
    expect(await problems('{"a/b~c": 1e30}')).to.deep.equal(['/a~1b~0c is a number beyond 2^53; send it as text'])
  })

  it('stops at depth 64', async () => {
    expect(await problems('['.repeat(64) + ']'.repeat(64))).to.deep.equal([])
    expect(await problems('['.repeat(65) + ']'.repeat(65))).to.deep.equal([' is nested deeper than 64'])
    expect(await problems('{"a":'.repeat(60_000) + '1' + '}'.repeat(60_000))).to.have.length(1)
  })

  it('lets others have their turn while it reads a long text', async () => {
    const json = JSON.stringify({ text: '"\\'.repeat(150_000), list: Array.from({ length: 100_000 }, () => 1) })
    let turns = 0
    let reading = true
    const turn = () => {
      turns += 1
      if (reading) setImmediate(turn)
    }
    setImmediate(turn)
    expect(await scan(json)()).to.deep.equal([])
    reading = false
    expect(turns).to.be.greaterThan(5)
  })

  it('finds what stands on the border of two slices', async () => {
    for (const spaces of [131_060, 131_065, 131_066, 131_067, 131_070, 131_072])
      expect(await problems(`[${' '.repeat(spaces)}1e300, "\\ud800"]`)).to.deep.equal([
        '/0 is a number beyond 2^53; send it as text',
        '/1 holds half a surrogate pair',
      ])
  })

  it('tells at most fifty problems', async () => {
    expect(await problems(`[${Array.from({ length: 200 }, () => '1e30').join(',')}]`)).to.have.length(50)
  })

  it('cuts long names in pointers: what is above many problems is told with each of them', async () => {
    const name = 'n'.repeat(15_000)
    const json = `{"${name}":`.repeat(60) + JSON.stringify(Array.from({ length: 200 }, () => 1e30)) + '}'.repeat(60)
    const found = await problems(json)
    expect(found).to.have.length(50)
    expect(found[49]).to.equal(`${`/${'n'.repeat(200)}…`.repeat(60)}/49 is a number beyond 2^53; send it as text`)
  })
})
