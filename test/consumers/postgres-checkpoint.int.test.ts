import { expect } from 'chai'
import type { Knex } from 'knex'
import { type Insertion, postgresCheckpoint } from '../../src/consumers/postgres-checkpoint'
import { type ReadSide, startReadSide } from '../support/read-side'
import { until } from '../support/until'
import { position } from './deliveries'

describe('a checkpoint in PostgreSQL', function () {
  this.timeout(60_000)
  let readSide: ReadSide
  let knex: Knex
  before(async () => {
    readSide = await startReadSide(false)
    knex = (await readSide.database()).knex
    await knex.raw('CREATE TABLE notes (text text NOT NULL UNIQUE)')
  })
  after(() => readSide.stop())
  beforeEach(async () => {
    await knex('checkpoints').delete()
    await knex('notes').delete()
  })

  const note = (...texts: ReadonlyArray<string | null>): ReadonlyArray<Insertion> => [
    { into: 'notes (text)', from: 'unnest(?::text[])', onConflict: 'DO NOTHING', values: [texts] },
  ]
  const noted = async (): Promise<ReadonlyArray<string>> =>
    (await knex<{ readonly text: string }>('notes').orderBy('text')).map(({ text }) => text)
  const refusalOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => (error as { readonly refusal?: { readonly _tag: string } }).refusal?._tag,
    )
  const checkpoint = (leaseMs?: number, version = 1) => postgresCheckpoint(knex, 'test', version, leaseMs)

  it('begins at the start of the log, and goes on where it was', async () => {
    const first = checkpoint()
    expect(await first.take()).to.equal('start')
    const far = { commit: 18_446_744_073_709_551_615n, prepare: 18_446_744_073_709_551_614n }
    await first.saveWith(position(7), [])
    await first.saveWith(far, [])
    await first.release()
    expect(await checkpoint().take()).to.deep.equal(far)
  })

  it('moves together with the rows, or not at all', async () => {
    const ours = checkpoint()
    await ours.take()
    expect(await ours.saveWith(position(1), note('a', null)).catch(String)).to.include('null value')
    expect(await noted()).to.deep.equal([])
    await ours.saveWith(position(1), [...note('a'), ...note('b')])
    expect(await noted()).to.deep.equal(['a', 'b'])
    await ours.release()
    expect(await checkpoint().take()).to.deep.equal(position(1))
  })

  it('writes nothing twice when it is there already: the commit whose answer was lost', async () => {
    const ours = checkpoint()
    await ours.take()
    await knex('checkpoints').update({ commit_position: '5', prepare_position: '5' })
    await ours.saveWith(position(5), note('twice'))
    expect(await noted()).to.deep.equal([])
    await ours.saveWith(position(6), note('once'))
    expect(await noted()).to.deep.equal(['once'])
  })

  it('says that it was set back, as by a restored database', async () => {
    const ours = checkpoint()
    await ours.take()
    await ours.saveWith(position(9), [])
    await knex('checkpoints').update({ commit_position: '2', prepare_position: '2' })
    expect(await refusalOf(ours.saveWith(position(10), []))).to.equal('SetBack')
    await knex('checkpoints').delete()
    expect(await refusalOf(ours.saveWith(position(10), []))).to.equal('SetBack')
    expect(await ours.take()).to.equal('start')
  })

  it('refuses rows of another version', async () => {
    const ours = checkpoint()
    await ours.take()
    expect(await refusalOf(checkpoint(undefined, 2).take())).to.equal('VersionMismatch')
  })

  describe('has one holder', () => {
    it('until it is released: another has it then without waiting, with what was to be saved soon', async () => {
      const [first, second] = [checkpoint(60_000), checkpoint(60_000)]
      expect(await first.take()).to.equal('start')
      expect(await second.take()).to.equal(undefined)
      expect([first.isHeld(), second.isHeld()]).to.deep.equal([true, false])
      first.saveSoon(position(4))
      await first.release()
      expect(first.isHeld()).to.equal(false)
      expect(await second.take()).to.deep.equal(position(4))
      expect(await first.take()).to.equal(undefined)
    })

    it('of many that want it at the same moment', async () => {
      const all = Array.from({ length: 8 }, () => checkpoint())
      expect((await Promise.all(all.map(({ take }) => take()))).filter((at) => at !== undefined)).to.have.length(1)
    })

    it('until it has run out: who had it can write no more, and is told', async () => {
      const [old, young] = [checkpoint(300), checkpoint()]
      await old.take()
      await old.saveWith(position(3), note('old'))
      expect(await young.take()).to.equal(undefined)
      await until(() => !old.isHeld())
      expect(old.ensureHeld).to.throw('lease')
      await until(async () => (await young.take()) !== undefined)
      expect(await refusalOf(old.saveWith(position(4), note('late')))).to.equal('SomeoneAhead')
      expect(await refusalOf(old.renew())).to.equal('SomeoneAhead')
      await old.release()
      expect(young.isHeld()).to.equal(true)
      await young.saveWith(position(4), note('young'))
      expect(await noted()).to.deep.equal(['old', 'young'])
    })

    it('as long as it is renewed, by writing or without', async () => {
      const [ours, other] = [checkpoint(600), checkpoint()]
      await ours.take()
      const until2s = performance.now() + 2_000
      let n = 1
      while (performance.now() < until2s) {
        if (performance.now() < until2s - 1_000) await ours.saveWith(position((n += 1)), [])
        else {
          ours.saveSoon(position((n += 1)))
          await ours.renew()
        }
        expect(await other.take()).to.equal(undefined)
        expect(ours.isHeld()).to.equal(true)
      }
      await until(async () => {
        await ours.renew()
        const [row] = await knex<{ readonly commit_position: string }>('checkpoints')
        return row?.commit_position === String(n)
      })
    })

    it('though its write waits in the database when the lease runs out: either it is there before the other reads on, or never', async () => {
      const [old, young] = [checkpoint(300), checkpoint()]
      await old.take()
      const blocked = await knex.transaction()
      await blocked.raw('LOCK TABLE notes IN SHARE ROW EXCLUSIVE MODE')
      const writing = refusalOf(old.saveWith(position(3), note('old')))
      await until(() => !old.isHeld())
      const taking = young.take()
      await blocked.rollback().catch(() => undefined)
      const outcome = await writing
      let at = await taking
      await until(async () => (at ??= await young.take()) !== undefined)
      expect(await noted()).to.deep.equal(outcome === 'none' ? ['old'] : [])
      expect(at).to.deep.equal(outcome === 'none' ? position(3) : 'start')
    })
  })
})
