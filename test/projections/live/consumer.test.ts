import { expect } from 'chai'
import { transient } from '../../../src/consumers/transient'
import { liveConsumer } from '../../../src/projections/live/consumer'

const at = (n: bigint) => ({ events: [], position: { commit: n, prepare: n } })

describe('the live consumer', () => {
  const consuming = (apply: () => Promise<void> = () => Promise.resolve()) => {
    const saved: bigint[] = []
    const consumer = liveConsumer(
      { apply },
      { takeOver: () => Promise.resolve('start'), save: ({ commit }) => Promise.resolve(void saved.push(commit)) },
    )
    return { saved, consumer }
  }

  it('saves the first position and not each one after it', async () => {
    const { saved, consumer } = consuming()
    for (const n of [1n, 2n, 3n]) await consumer.apply(at(n))
    expect(saved).to.deep.equal([1n])
  })

  it('saves nothing that was not published', async () => {
    const { saved, consumer } = consuming(() => Promise.reject(transient('Redis is away')))
    await consumer.apply(at(1n)).catch(() => undefined)
    expect(saved).to.deep.equal([])
  })
})
