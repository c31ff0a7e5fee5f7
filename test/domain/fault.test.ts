import { expect } from 'chai'
import { recordedFault } from '../../src/domain/fault'

describe('a fault', () => {
  it('is text that the log can keep, whatever was said and wherever it was cut', () => {
    const { personal } = recordedFault('unexpected', { said: 'a\0b\uD83D' }, `${'x y '.repeat(2_047)}abc😀`)
    expect(personal.params).to.deep.equal({ said: 'ab\uFFFD' })
    expect(personal.tech).to.equal(`${'x y '.repeat(2_047)}abc`)
  })
})
