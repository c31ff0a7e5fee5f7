import { expect } from 'chai'
import fc from 'fast-check'
import { revision } from '../../../src/domain/position'
import { contiguous } from '../../../src/projections/live/contiguous'
import { messagesOf } from '../../../src/projections/live/message'
import { anyHistory } from './histories'

describe('entries after a cursor', () => {
  it('are taken up to the first hole, and never beyond one', () => {
    const cases = anyHistory()
      .map(messagesOf)
      .chain((frames) =>
        fc.record({
          frames: fc.constant(frames),
          at: fc.nat({ max: frames.length - 1 }),
          present: fc.array(fc.boolean(), { minLength: frames.length, maxLength: frames.length }),
          full: fc.boolean(),
        }),
      )
    fc.assert(
      fc.property(cases, ({ frames, at, present, full }) => {
        const { id } = frames[at]!
        const cursor = { id, next: revision(id.event - 1n) }
        const entries = frames.filter((_, i) => i > at && present[i] === true)
        const result = contiguous(cursor, { entries, full })
        const missing = frames.findIndex((_, i) => i > at && present[i] !== true)
        const expected = missing === -1 ? frames.slice(at + 1) : frames.slice(at + 1, missing)
        expect(result.frames).to.deep.equal(expected)
        expect(result.hole).to.equal(entries.length > expected.length)
        const last = expected.at(-1) ?? frames[at]!
        const sure = expected.length > 0 && !full && !result.hole ? last.id.event : last.id.event - 1n
        expect(result.next).to.equal(sure)
      }),
    )
  })

  it('follow where the log has said that nothing lies between', () => {
    fc.assert(
      fc.property(anyHistory(), (history) => {
        const frames = messagesOf(history)
        const [first] = frames
        const last = frames.at(-1)!
        const cursor = { id: first!.id, next: revision(last.prev.event) }
        expect(contiguous(cursor, { entries: [last], full: false }).hole).to.equal(false)
      }),
    )
  })

  it('end at one that is not ours', () => {
    const cursor = { id: { event: 0n, n: 0n }, next: revision(0n) }
    expect(contiguous(cursor, { entries: [undefined], full: false })).to.deep.equal({
      frames: [],
      next: 0n,
      hole: true,
    })
  })
})
