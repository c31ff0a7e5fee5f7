import { expect } from 'chai'
import { npmAbove } from '../../src/embedded/npm-above'

describe('a start that npm did not make', () => {
  it('depends on no parent, so that it can be left alone in the background', () => {
    expect(npmAbove({})).to.equal(undefined)
    expect(npmAbove({ npm_lifecycle_script: '' })).to.equal(undefined)
  })
})
