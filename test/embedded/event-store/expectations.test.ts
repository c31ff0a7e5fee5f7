import { expect } from 'chai'
import * as fc from 'fast-check'
import { judge, type StreamFacts, type Verdict } from '../../../src/embedded/event-store/expectations'
import { type Expected } from '../../../src/embedded/event-store/model'

interface Stream {
  readonly ids?: ReadonlyArray<string>
  readonly metadata?: boolean
  readonly deleted?: 'soft' | 'hard'
}

const facts = ({ ids = [], metadata = false, deleted }: Stream): StreamFacts => ({
  current: BigInt(ids.length) - 1n,
  hasMetadata: metadata || deleted === 'soft',
  softDeleted: deleted === 'soft',
  tombstoned: deleted === 'hard',
  revisionOf: (id) => (ids.includes(id) ? BigInt(ids.indexOf(id)) : undefined),
  idAt: (revision) => ids[Number(revision)],
})

const write: Verdict = { _tag: 'Write' }
const wrong: Verdict = { _tag: 'WrongExpectedVersion' }
const gone: Verdict = { _tag: 'StreamDeleted' }
const already = (revision: bigint): Verdict => ({ _tag: 'AlreadyWritten', revision })

const abc: Stream = { ids: ['a', 'b', 'c'] }

const rows: ReadonlyArray<readonly [Expected, Stream, ReadonlyArray<string>, Verdict]> = [
  ['any', {}, ['x'], write],
  ['any', {}, [], write],
  ['any', abc, ['x'], write],
  ['any', abc, ['x', 'a'], write],
  ['any', abc, ['b'], already(1n)],
  ['any', abc, ['a', 'b', 'c'], already(2n)],
  ['any', abc, ['c', 'a'], already(0n)],
  ['any', abc, ['a', 'x'], wrong],
  ['any', { ...abc, deleted: 'soft' }, ['x'], write],
  ['any', { ...abc, deleted: 'hard' }, ['x'], gone],
  ['exists', {}, ['x'], wrong],
  ['exists', {}, [], wrong],
  ['exists', { metadata: true }, ['x'], write],
  ['exists', abc, ['x'], write],
  ['exists', abc, ['b'], already(1n)],
  ['exists', abc, ['a', 'x'], wrong],
  ['exists', { ...abc, deleted: 'soft' }, ['x'], gone],
  ['exists', { ...abc, deleted: 'soft' }, [], gone],
  ['exists', { ...abc, deleted: 'hard' }, ['x'], gone],
  ['no_stream', {}, ['x'], write],
  ['no_stream', {}, [], write],
  ['no_stream', { metadata: true }, ['x'], write],
  ['no_stream', abc, ['x'], wrong],
  ['no_stream', abc, [], wrong],
  ['no_stream', abc, ['a', 'b'], already(1n)],
  ['no_stream', abc, ['a', 'x'], wrong],
  ['no_stream', abc, ['a', 'b', 'c', 'x'], wrong],
  ['no_stream', { ...abc, deleted: 'soft' }, ['x'], write],
  ['no_stream', { ...abc, deleted: 'soft' }, ['a'], already(0n)],
  ['no_stream', { ...abc, deleted: 'soft' }, ['a', 'x'], wrong],
  ['no_stream', { ...abc, deleted: 'hard' }, ['x'], gone],
  [2n, abc, ['x'], write],
  [2n, abc, ['a'], write],
  [2n, abc, [], write],
  [3n, abc, ['x'], wrong],
  [3n, abc, [], wrong],
  [0n, {}, ['x'], wrong],
  [0n, abc, ['b'], already(1n)],
  [0n, abc, ['b', 'c'], already(2n)],
  [0n, abc, ['b', 'c', 'x'], wrong],
  [0n, abc, ['c'], wrong],
  [0n, abc, [], wrong],
  [0n, { ...abc, deleted: 'soft' }, ['x'], wrong],
  [2n, { ...abc, deleted: 'soft' }, ['x'], write],
  [2n, { ...abc, deleted: 'hard' }, ['x'], gone],
]

describe('expected revisions', () => {
  for (const [expected, stream, ids, verdict] of rows)
    it(`${expected} on ${JSON.stringify(stream)}, ids [${ids.join(' ')}]: ${JSON.stringify(verdict, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v))}`, () => {
      expect(judge(expected, ids, facts(stream))).to.deep.equal(verdict)
    })
})

describe('expected revisions, for any stream', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const stream = fc.uniqueArray(id, { maxLength: 5 })
  const expected = fc.oneof(fc.constantFrom('any', 'no_stream', 'exists'), fc.bigInt(0n, 6n)) as fc.Arbitrary<Expected>
  const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 4 })

  it('a write repeated as it was is reported as written, at the revision it got', () => {
    fc.assert(
      fc.property(expected, stream, ids, (wanted, before, batch) => {
        fc.pre(!batch.some((one) => before.includes(one)))
        fc.pre(judge(wanted, batch, facts({ ids: before }))._tag === 'Write')
        const after = [...before, ...batch]
        expect(judge(wanted, batch, facts({ ids: after }))).to.deep.equal(already(BigInt(after.length) - 1n))
      }),
    )
  })

  it('a later revision than the current one is never written', () => {
    fc.assert(
      fc.property(stream, ids, fc.bigInt(0n, 9n), (before, batch, ahead) => {
        expect(judge(BigInt(before.length) + ahead, batch, facts({ ids: before }))).to.deep.equal(wrong)
      }),
    )
  })

  it('an exact revision writes at that revision or not at all', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 6n), stream, ids, (wanted, before, batch) => {
        const verdict = judge(wanted, batch, facts({ ids: before }))
        expect(verdict._tag === 'Write').to.equal(wanted === BigInt(before.length) - 1n)
      }),
    )
  })

  it('a tombstoned stream takes nothing', () => {
    fc.assert(
      fc.property(expected, stream, ids, (wanted, before, batch) => {
        expect(judge(wanted, batch, facts({ ids: before, deleted: 'hard' }))).to.deep.equal(gone)
      }),
    )
  })
})
