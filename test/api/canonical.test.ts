import { expect } from 'chai'
import { keyedBy } from '../../src/api/canonical'

describe('the hash of a request', () => {
  const hash = (body: unknown) => keyedBy(new Uint8Array(32)).hashOfRequest('POST', '/', body)

  it('does not depend on the order of fields', () => {
    expect(hash({ a: 1, b: [{ c: 2, d: 3 }] })).to.equal(hash({ b: [{ d: 3, c: 2 }], a: 1 }))
  })

  it('tells an object from a list', () => {
    expect(hash({ items: {} })).to.not.equal(hash({ items: [] }))
    expect(hash({ a: 1 })).to.not.equal(hash([['a', 1]]))
    expect(hash({ a: 1 })).to.not.equal(hash({ fields: [['a', 1]] }))
  })
})
