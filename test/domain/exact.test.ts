import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { problemsOf } from '../../src/domain/decode-problems'
import { exactObject, listOf, text } from '../../src/domain/exact'

const Item = exactObject('Item', { name: text(10) }, { size: t.number })
const Order = exactObject('Order', { id: text(10) }, { items: listOf(Item, 500) })

const errorsOf = <A>(codec: t.Type<A, unknown>, input: unknown): t.Errors => {
  const decoded = codec.decode(input)
  return E.isLeft(decoded) ? decoded.left : []
}
const problems = (input: unknown) =>
  problemsOf(errorsOf(Order, input)).map(({ pointer, problem }) => `${pointer} ${problem}`)

const strangers = (count: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, i]))

describe('the faults of an input', () => {
  it('are told at their places, fields before strangers', () => {
    expect(problems({ colour: 1, items: [{ name: 'a' }, { size: 'b', 'a/b~': 1 }, 7] })).to.deep.equal([
      '/id is missing',
      '/items/1/name is missing',
      '/items/1/size expected number, got a string',
      '/items/1/a~1b~0 is not a known field',
      '/items/2 must be an object',
      '/colour is not a known field',
    ])
  })

  it('are the first fifty of very many', () => {
    expect(problems({ ...strangers(110_000), items: 1 })).to.deep.equal([
      '/id is missing',
      '/items expected list, got a number',
      ...Array.from({ length: 48 }, (_, i) => `/x${i} is not a known field`),
    ])
  })

  it('are not looked for after the fiftieth: neither fields nor items', () => {
    expect(errorsOf(Order, { id: 'a', ...strangers(110_000) })).to.have.length(50)
    let looked = 0
    const Counted = new t.Type<number, unknown>(
      'counted',
      t.number.is,
      (u, c) => {
        looked += 1
        return t.failure(u, c, 'is wrong')
      },
      t.identity,
    )
    const list = Array.from({ length: 400 }, () => 1)
    expect(
      errorsOf(exactObject('Lists', {}, { a: listOf(Counted, 500), b: listOf(Counted, 500) }), { a: list, b: list }),
    ).to.have.length(50)
    expect(looked).to.equal(50)
  })

  it('that are told already cost nothing more, each is told once', () => {
    let touched = 0
    const [error] = errorsOf(Order, { id: 'a', colour: 1 })
    const many = (count: number, at: (index: number) => t.ValidationError): t.Errors =>
      new Proxy(Array.from<t.ValidationError>({ length: count }), {
        get: (target, key) => {
          if (typeof key !== 'string' || !/^\d+$/.test(key)) return Reflect.get(target, key) as unknown
          touched += 1
          return at(Number(key))
        },
      })
    const different = (index: number): t.ValidationError => ({ ...error!, message: `is wrong ${index}` })
    expect(problemsOf(many(110_000, different))).to.have.length(50)
    expect(touched).to.be.lessThan(60)
    expect(problemsOf(many(1_000, () => error!))).to.deep.equal([
      { pointer: '/colour', problem: 'is not a known field' },
    ])
  })

  it('below a long name are told with a part of it', () => {
    const [problem] = problems({ id: 'a', ['n'.repeat(300)]: 1 })
    expect(problem).to.equal(`/${'n'.repeat(200)}… is not a known field`)
  })
})
