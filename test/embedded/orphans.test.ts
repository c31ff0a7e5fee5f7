import { expect } from 'chai'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityOf } from '../../src/embedded/process/identity'
import { endOrphans, record } from '../../src/embedded/process/record'

describe('processes left by a start that was killed', () => {
  let folder: string
  let child: ChildProcess
  let lines: string[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docg-orphans-'))
    child = spawn('sleep', ['600'])
    await once(child, 'spawn')
    await record(folder, { name: 'redis', pid: child.pid ?? 0, program: 'sleep', stopSignal: 'SIGTERM' })
    lines = []
  })
  afterEach(async () => {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })

  const end = () => endOrphans(folder, (line) => lines.push(line))
  const change = async (changes: object) => {
    const file = join(folder, 'run/redis.pid')
    const recorded = JSON.parse(await readFile(file, 'utf8')) as object
    await writeFile(file, JSON.stringify({ ...recorded, ...changes }))
  }

  it('are ended and said', async () => {
    const exit = once(child, 'exit')
    await end()
    expect((await exit)[1]).to.equal('SIGTERM')
    expect(lines).to.have.length(1)
    expect(await readdir(join(folder, 'run'))).to.deep.equal([])
  })

  for (const [what, changes] of [
    ['began at another time', { identity: 'another boot/1' }],
    ['is another program', { program: 'redis-server' }],
  ] as const) {
    it(`are left alone when the process of that pid ${what}`, async () => {
      await change(changes)
      await end()
      expect(identityOf(child.pid ?? 0)).to.be.a('string')
      expect(lines).to.deep.equal([])
      expect(await readdir(join(folder, 'run'))).to.deep.equal([])
    })
  }

  it('may have left a torn record', async () => {
    await writeFile(join(folder, 'run/redis.pid'), '{"pid":')
    await end()
    expect(identityOf(child.pid ?? 0)).to.be.a('string')
  })
})
