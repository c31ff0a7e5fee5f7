import { expect } from 'chai'
import { eventFilter } from '../../../src/embedded/event-store/filter'

const on = (spec: { readonly regex?: string; readonly prefixes?: ReadonlyArray<string> }) =>
  eventFilter({ on: 'stream', regex: '', prefixes: [], ...spec })
const named = (stream: string) => ({ stream, type: 'T' })

describe('filters', () => {
  it('any of the prefixes, case-sensitive', () => {
    const matches = on({ prefixes: ['order-', 'é'] })
    expect([named('order-1'), named('été'), named('Order-1'), named('an order-1')].map(matches)).to.deep.equal([
      true,
      true,
      false,
      false,
    ])
  })

  it('an expression searches anywhere and wins over prefixes', () => {
    expect(on({ regex: 'er-\\d' })(named('order-1'))).to.equal(true)
    expect(on({ regex: '^er', prefixes: ['order'] })(named('order-1'))).to.equal(false)
  })

  it('looks at the type when asked to', () => {
    expect(eventFilter({ on: 'type', regex: '', prefixes: ['T'] })(named('x'))).to.equal(true)
  })

  it('understands Unicode classes, and escapes that are invalid in unicode mode', () => {
    expect(on({ regex: '^\\p{L}+$' })(named('été'))).to.equal(true)
    expect(on({ regex: 'a\\-b' })(named('a-b'))).to.equal(true)
  })

  it('matches nothing without an expression or prefixes', () => {
    expect(on({})(named('x'))).to.equal(false)
  })

  it('refuses what is not an expression', () => {
    expect(() => on({ regex: '(' })).to.throw('not a regular expression')
  })
})
