import { expect } from 'chai'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyDataDir, holdDataDir } from '../../src/embedded/data-dir'
import { readDemoFile } from '../../src/embedded/demo/demo-file'

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

  it('is refused when it cannot be one, with the way out', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'below')])
      expect(await refusal(holdDataDir(path)))
        .to.match(/cannot be used as a data folder \(E[A-Z]+\)/)
        .and.include('DOCG_DATA_DIR')
  })

  it('with a damaged file of the demo is not read', async () => {
    expect(await readDemoFile(folder)).to.equal(undefined)
    await writeFile(join(folder, 'demo.json'), '{"url": "ht')
    expect(await refusal(readDemoFile(folder))).to.include('demo.json is damaged')
  })

  it('is emptied but for its lock', async () => {
    await holdDataDir(folder)
    await writeFile(join(folder, 'demo.json'), '{}')
    await emptyDataDir(folder)
    expect(await readdir(folder)).to.deep.equal(['run'])
    expect(await refusal(holdDataDir(folder))).to.include('already runs')
  })
})
