import { expect } from 'chai'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyDataDir, holdDataDir } from '../../src/embedded/data-dir'

describe('the data folder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docg-data-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const refusal = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'held',
      (error: unknown) => String(error),
    )

  it('is held by one start at a time, which is named to the other', async () => {
    const letGo = await holdDataDir(folder)
    expect(await refusal(holdDataDir(folder))).to.include(`process ${process.pid}`)
    letGo()
    expect(await refusal(holdDataDir(folder))).to.equal('held')
  })

  it('is held by exactly one of many that start at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refusal(holdDataDir(folder))))
    expect(outcomes.filter((outcome) => outcome === 'held')).to.have.length(1)
  })

  it('is taken over from a start that was killed, also when its pid lives again', async () => {
    await holdDataDir(folder)
    await writeFile(join(folder, 'run/lock'), JSON.stringify({ pid: process.pid, identity: 'an earlier boot/1' }))
    expect(await refusal(holdDataDir(folder))).to.equal('held')
  })

  it('is refused when it holds what docg did not make, and left alone', async () => {
    await writeFile(join(folder, 'thesis.txt'), 'years of work')
    expect(await refusal(holdDataDir(folder)))
      .to.include('did not make')
      .and.include('DOCG_DATA_DIR')
    expect(await readdir(folder)).to.deep.equal(['thesis.txt'])
  })

  it('is emptied but for its lock', async () => {
    await holdDataDir(folder)
    await writeFile(join(folder, 'demo.json'), '{}')
    await emptyDataDir(folder)
    expect(await readdir(folder)).to.deep.equal(['run'])
    expect(await refusal(holdDataDir(folder))).to.include('already runs')
  })
})
