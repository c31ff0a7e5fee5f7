import { expect } from 'chai'
import * as fc from 'fast-check'
import { touching } from '../../../src/nodes/uploaded-document/touching'

const paths = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'a-', 'é'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('.'))

describe('a path among others', () => {
  it('touches those that it is, leads to, or lies below, as each compared with each', () => {
    fc.assert(
      fc.property(fc.array(paths, { maxLength: 6 }), paths, (known, path) => {
        const expected = known.some(
          (other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`),
        )
        expect(touching(known)(path)).to.equal(expected)
      }),
    )
  })
})
