import { expect } from 'chai'
import { remembered } from '../../../src/nodes/texts/liquid'

describe('remembered results', () => {
  const counting = (most: number) => {
    const asked: string[] = []
    const length = remembered(most, (text) => {
      asked.push(text)
      return { length: text.length }
    })
    return { asked, length }
  }

  it('are worked out once', () => {
    const { asked, length } = counting(2)
    expect(['a', 'bb', 'a', 'bb'].map((text) => length(text).length)).to.deep.equal([1, 2, 1, 2])
    expect(asked).to.deep.equal(['a', 'bb'])
  })

  it('are let go when others were asked for since', () => {
    const { asked, length } = counting(2)
    for (const text of ['a', 'bb', 'a', 'ccc', 'a', 'bb']) length(text)
    expect(asked).to.deep.equal(['a', 'bb', 'ccc', 'bb'])
  })

  it('are not kept of long texts', () => {
    const { asked, length } = counting(2)
    const long = 'x'.repeat(10_001)
    expect([length(long).length, length(long).length]).to.deep.equal([10_001, 10_001])
    expect(asked).to.have.length(2)
  })
})
