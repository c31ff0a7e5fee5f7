import { expect } from 'chai'
import * as fc from 'fast-check'
import { createCheckpoints } from '../../../src/embedded/event-store/checkpoints'

describe('checkpoints of a filtered subscription', () => {
  it('come at each interval, whether events match or not', () => {
    const checkpoints = createCheckpoints(3)
    const sent = [10n, 20n, 30n, 40n, 50n, 60n, 70n].map(checkpoints.considered)
    expect(sent).to.deep.equal([undefined, undefined, 30n, undefined, undefined, 60n, undefined])
    expect(checkpoints.caughtUp()).to.equal(70n)
  })

  it('come at the end of catch-up only when something was considered since the last one', () => {
    const checkpoints = createCheckpoints(2)
    expect(checkpoints.caughtUp()).to.equal(undefined)
    checkpoints.considered(1n)
    checkpoints.considered(2n)
    expect(checkpoints.caughtUp()).to.equal(undefined)
  })

  it('rise strictly and never pass what was considered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean(), { maxLength: 60 }), (interval, steps) => {
        const checkpoints = createCheckpoints(interval)
        let position = 0n
        let last = 0n
        for (const ends of steps) {
          if (!ends) position += 3n
          const checkpoint = ends ? checkpoints.caughtUp() : checkpoints.considered(position)
          if (checkpoint === undefined) continue
          expect(checkpoint > last && checkpoint <= position).to.equal(true)
          last = checkpoint
        }
      }),
    )
  })
})
