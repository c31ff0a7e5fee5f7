import { expect } from 'chai'
import type { Knex } from 'knex'
import { postgresCheckpoint } from '../../src/consumers/postgres-checkpoint'
import { type ReadSide, startReadSide } from '../support/read-side'
import { position } from './deliveries'

describe('a checkpoint in PostgreSQL', function () {
  this.timeout(60_000)
  let readSide: ReadSide
  let knex: Knex
  before(async () => {
    readSide = await startReadSide(false)
    knex = (await readSide.database()).knex
    await knex.raw('CREATE TABLE notes (text text)')
  })
  after(() => readSide.stop())
  beforeEach(async () => {
    await knex('checkpoints').delete()
    await knex('notes').delete()
  })

  const note = (tx: Knex.Transaction) => tx('notes').insert({ text: 'written' })
  const noted = async (): Promise<number> => (await knex<{ readonly text: string }>('notes')).length
  const writing = async (tx: Knex.Transaction) => {
    await note(tx)
  }
  const refusalOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => (error as { readonly refusal?: { readonly _tag: string } }).refusal?._tag,
    )

  it('begins at the start of the log, and goes on where it was', async () => {
    const first = postgresCheckpoint(knex, 'test', 1)
    expect(await first.takeOver()).to.equal('start')
    const far = { commit: 18_446_744_073_709_551_615n, prepare: 18_446_744_073_709_551_614n }
    await first.save(position(7))
    await first.save(far)
    expect(await postgresCheckpoint(knex, 'test', 1).takeOver()).to.deep.equal(far)
  })

  it('moves together with the rows, or not at all', async () => {
    const checkpoint = postgresCheckpoint(knex, 'test', 1)
    await checkpoint.takeOver()
    const failing = async (tx: Knex.Transaction) => {
      await note(tx)
      throw new Error('no')
    }
    expect(await checkpoint.saveWith(position(1), failing).catch(String)).to.equal('Error: no')
    expect(await noted()).to.equal(0)
    await checkpoint.saveWith(position(1), writing)
    expect(await noted()).to.equal(1)
    expect(await postgresCheckpoint(knex, 'test', 1).takeOver()).to.deep.equal(position(1))
  })

  it('writes nothing twice when it is there already: the commit whose answer was lost', async () => {
    const checkpoint = postgresCheckpoint(knex, 'test', 1)
    await checkpoint.takeOver()
    await knex('checkpoints').update({ commit_position: '5', prepare_position: '5' })
    await checkpoint.saveWith(position(5), writing)
    expect(await noted()).to.equal(0)
    await checkpoint.saveWith(position(6), writing)
    expect(await noted()).to.equal(1)
  })

  it('refuses who held it before another took it over, even in the middle of a batch', async () => {
    const [old, young] = [postgresCheckpoint(knex, 'test', 1), postgresCheckpoint(knex, 'test', 1)]
    await old.takeOver()
    let taken: Promise<unknown> = Promise.resolve()
    await old.saveWith(position(3), async (tx) => {
      taken = young.takeOver()
      await note(tx)
    })
    expect(await taken).to.deep.equal(position(3))
    expect(await refusalOf(old.saveWith(position(4), writing))).to.equal('SomeoneAhead')
    expect(await noted()).to.equal(1)
    await young.save(position(4))
  })

  it('says that it was set back, as by a restored database', async () => {
    const checkpoint = postgresCheckpoint(knex, 'test', 1)
    await checkpoint.takeOver()
    await checkpoint.save(position(9))
    await knex('checkpoints').update({ commit_position: '2', prepare_position: '2' })
    expect(await refusalOf(checkpoint.save(position(10)))).to.equal('SetBack')
    await knex('checkpoints').delete()
    expect(await refusalOf(checkpoint.save(position(10)))).to.equal('SetBack')
    expect(await checkpoint.takeOver()).to.equal('start')
  })

  it('refuses rows of another version', async () => {
    await postgresCheckpoint(knex, 'test', 1).takeOver()
    expect(await refusalOf(postgresCheckpoint(knex, 'test', 2).takeOver())).to.equal('VersionMismatch')
  })
})
