import { expect } from 'chai'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../src/embedded/ports'
import { identityOf } from '../../src/embedded/process/identity'
import { until } from '../support/until'

const servers = ['redis', 'mailbox']
const supervisor = `cd '${process.cwd()}' && node --require tsx/cjs src/embedded/main.ts --servers-only`

describe('the supervisor below npm', () => {
  let folder: string
  let npm: ChildProcess
  let output: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docg-npm-'))
    await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts: { start: supervisor } }))
    const [redis, smtp, page] = await freePorts(3)
    const elsewhere = { DATABASE_URL: 'elsewhere', EVENTSTORE_URL: 'elsewhere', TEMPORAL_ADDRESS: 'elsewhere' }
    const ports = { REDIS_PORT: `${redis}`, SMTP_PORT: `${smtp}`, MAIL_PORT: `${page}` }
    npm = spawn('npm', ['start'], {
      cwd: folder,
      env: { ...process.env, ...elsewhere, ...ports, DOCG_DATA_DIR: join(folder, 'data') },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    output = ''
    npm.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await until(
      () => output.includes('Ctrl-C stops everything'),
      40_000,
      () => output,
    )
  })
  afterEach(async () => {
    const holder = await pidIn('lock').catch(() => undefined)
    if (holder !== undefined) process.kill(holder, 'SIGTERM')
    await until(allStopped, 20_000)
    await rm(folder, { recursive: true })
  })

  const recorded = () => readdir(join(folder, 'data/run'))
  const pidIn = async (file: string) =>
    (JSON.parse(await readFile(join(folder, 'data/run', file), 'utf8')) as { readonly pid: number }).pid
  const allStopped = async () => (await recorded()).length === 0

  for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    it(`stops everything when npm ends by ${signal}`, async () => {
      const pids = await Promise.all(servers.map((name) => pidIn(`${name}.pid`)))
      expect(pids.map((pid) => typeof identityOf(pid))).to.deep.equal(servers.map(() => 'string'))
      npm.kill(signal)
      await until(allStopped, 20_000, () => output)
      expect(pids.map(identityOf)).to.deep.equal(servers.map(() => undefined))
      expect(output).to.include('npm has ended').and.include('✓ stopping redis')
    })
})
