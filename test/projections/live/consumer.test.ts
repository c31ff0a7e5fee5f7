import { expect } from 'chai'
import { checkpointRefused } from '../../../src/consumers/checkpoint'
import { transient } from '../../../src/consumers/transient'
import { liveConsumer } from '../../../src/projections/live/consumer'
import { freeLease } from '../../consumers/deliveries'

const at = (n: bigint) => ({ events: [], position: { commit: n, prepare: n } })

describe('the live consumer', () => {
  const consuming = (apply: (events: unknown, beforeEach?: () => void) => Promise<void> = () => Promise.resolve()) => {
    const saved: bigint[] = []
    const consumer = liveConsumer(
      { apply },
      {
        ...freeLease(),
        ensureHeld: () => {
          throw checkpointRefused('live', { _tag: 'LeaseOver' })
        },
        saveSoon: ({ commit }) => void saved.push(commit),
      },
    )
    return { saved, consumer }
  }

  it('saves what was published', async () => {
    const { saved, consumer } = consuming()
    for (const n of [1n, 2n]) await consumer.apply(at(n))
    expect(saved).to.deep.equal([1n, 2n])
  })

  it('saves nothing that was not published', async () => {
    const { saved, consumer } = consuming(() => Promise.reject(transient('Redis is away')))
    await consumer.apply(at(1n)).catch(() => undefined)
    expect(saved).to.deep.equal([])
  })

  it('publishes nothing more when its lease is over', async () => {
    let published = 0
    const { saved, consumer } = consuming(async (_, beforeEach) => {
      beforeEach?.()
      await Promise.resolve()
      published += 1
    })
    expect(String(await consumer.apply(at(1n)).catch(String))).to.include('lease')
    expect([published, saved]).to.deep.equal([0, []])
  })
})
