import { expect } from 'chai'
import { bounded } from '../../../src/projections/live/bounded'

describe('bounded work', () => {
  it('runs so many at a time, in order, also after a failure', async () => {
    const inTurn = bounded(2)
    const begun: number[] = []
    const finish: Array<(fails: boolean) => void> = []
    const works = [0, 1, 2, 3].map((n) =>
      inTurn(() => {
        begun.push(n)
        return new Promise<void>((resolve, reject) =>
          finish.push((fails) => (fails ? reject(new Error('failed')) : resolve())),
        )
      }).catch(() => undefined),
    )
    await Promise.resolve()
    expect(begun).to.deep.equal([0, 1])
    finish[0]?.(true)
    await works[0]
    expect(begun).to.deep.equal([0, 1, 2])
    finish[1]?.(false)
    await works[1]
    expect(begun).to.deep.equal([0, 1, 2, 3])
    finish[2]?.(false)
    finish[3]?.(false)
    await Promise.all(works)
  })
})
