import { expect } from 'chai'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityOf } from '../../src/embedded/process/identity'
import { randomPorts } from '../../src/embedded/stack'
import { waitFor } from '../../src/embedded/wait-for'

const names = ['postgres', 'redis', 'temporal', 'mailbox']
const lastLine = 'Ctrl-C stops everything'

type Start = { readonly process: ChildProcess; readonly output: () => string; readonly exit: Promise<unknown[]> }

describe('the supervisor', () => {
  let dataDir: string
  let ports: NodeJS.ProcessEnv
  let starts: Start[] = []
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'docg-supervisor-'))
    const random = await randomPorts()
    ports = {
      POSTGRES_PORT: String(random.postgres),
      REDIS_PORT: String(random.redis),
      TEMPORAL_PORT: String(random.temporal),
      SMTP_PORT: String(random.smtp),
      MAIL_PORT: String(random.mailPage),
    }
  })
  afterEach(async () => {
    for (const { process, exit } of starts) {
      process.kill('SIGTERM')
      await exit
    }
    starts = []
  })
  after(() => rm(dataDir, { recursive: true }))

  const start = (args: string[] = [], env: NodeJS.ProcessEnv = {}): Start => {
    // The event store has tests of its own; here it counts as one that runs elsewhere.
    const all = { ...process.env, ...ports, DOCG_DATA_DIR: dataDir, EVENTSTORE_URL: 'esdb://elsewhere', ...env }
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'src/embedded/main.ts', '--servers-only', ...args], {
      env: all,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const started = { process: child, output: () => text, exit: once(child, 'close') }
    starts.push(started)
    return started
  }
  const says = async ({ output, exit }: Start, text: string) => {
    let closed = false
    void exit.then(() => (closed = true))
    await waitFor(() => Promise.resolve(output().includes(text) || closed), 40_000)
    expect(output()).to.include(text)
  }
  const pidOf = async (name: string) =>
    (JSON.parse(await readFile(join(dataDir, 'run', `${name}.pid`), 'utf8')) as { pid: number }).pid
  const allGone = (pids: number[]) => pids.every((pid) => identityOf(pid) === undefined)

  it('brings all up, and takes all down at Ctrl-C, with nothing left behind', async () => {
    const run = start()
    await says(run, lastLine)
    const pids = await Promise.all(names.map(pidOf))
    run.process.kill('SIGINT')
    expect(await run.exit).to.deep.equal([0, null])
    expect(allGone(pids)).to.equal(true)
    expect(await readdir(join(dataDir, 'run'))).to.deep.equal([])
    const stops = [...run.output().matchAll(/✓ stopping (\S+)/g)].map(([, name]) => name)
    expect(stops).to.deep.equal([...names].reverse())
  })

  it('starts again what dies, and says so', async () => {
    const run = start()
    await says(run, lastLine)
    for (const name of names) process.kill(await pidOf(name), 'SIGKILL')
    for (const name of names) {
      await says(run, `! ${name} ended (SIGKILL); starting it again in 1 s`)
      await says(run, `! ${name} is back`)
    }
  })

  it('stops while it is still starting', async () => {
    const run = start()
    await waitFor(() => pidOf('postgres').then(() => true), 20_000)
    const pid = await pidOf('postgres')
    run.process.kill('SIGINT')
    expect(await run.exit).to.deep.equal([0, null])
    expect(allGone([pid])).to.equal(true)
  })

  it('refuses a second start in the same folder, and names the first', async () => {
    const first = start()
    await says(first, lastLine)
    const second = start()
    expect(await second.exit).to.deep.equal([1, null])
    expect(second.output())
      .to.include(`process ${first.process.pid ?? 0}`)
      .and.not.include('    at ')
  })

  it('ends what a killed start left, and takes over', async () => {
    const killed = start()
    await says(killed, lastLine)
    const pids = await Promise.all(names.map(pidOf))
    killed.process.kill('SIGKILL')
    await killed.exit
    expect(pids.map((pid) => typeof identityOf(pid))).to.deep.equal(names.map(() => 'string'))
    const next = start()
    await says(next, lastLine)
    expect(allGone(pids)).to.equal(true)
    for (const [index, name] of names.entries())
      expect(next.output()).to.include(`ending ${name} (process ${pids[index] ?? 0})`)
  })

  it('forces the end at a second Ctrl-C', async () => {
    const run = start()
    await says(run, lastLine)
    const pids = await Promise.all(names.map(pidOf))
    // A stopped process does not react to SIGTERM: the drain would wait for it.
    process.kill(pids[3] ?? 0, 'SIGSTOP')
    run.process.kill('SIGINT')
    const asked = Date.now()
    await waitFor(() => Promise.resolve(Date.now() - asked > 800), 2000)
    run.process.kill('SIGINT')
    expect(await run.exit).to.deep.equal([130, null])
    expect(await waitFor(() => Promise.resolve(allGone(pids)), 5000)).to.equal(true)
  })

  it('names a taken port and the variable that changes it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const run = start([], { TEMPORAL_PORT: String(port) })
    expect(await run.exit).to.deep.equal([1, null])
    expect(run.output()).to.include(`Port ${port} for Temporal is taken`).and.include('TEMPORAL_PORT')
    expect(run.output()).to.include('TEMPORAL_ADDRESS').and.not.include('    at ')
    server.close()
  })

  it('begins anew with --fresh, and keeps the data without it', async () => {
    const madeAt = async () => (await stat(join(dataDir, 'postgres/PG_VERSION'))).mtimeMs
    const before = await madeAt()
    const warm = start()
    await says(warm, lastLine)
    expect(await madeAt()).to.equal(before)
    warm.process.kill('SIGTERM')
    await warm.exit
    await says(start(['--fresh']), lastLine)
    expect(await madeAt()).to.be.greaterThan(before)
  })

  it('runs without Redis when that is wished', async () => {
    const run = start([], { REDIS_URL: '' })
    await says(run, lastLine)
    expect(run.output()).to.include('export REDIS_URL=\n').and.not.include('starting redis')
  })

  it('runs without Redis where there is none to be had, and says what that means', async () => {
    const bin = join(dataDir, 'run/bin')
    await mkdir(bin, { recursive: true })
    for (const tool of ['setpriv', 'id', 'true']) await symlink(`/usr/bin/${tool}`, join(bin, tool))
    const run = start([], { PATH: bin, TEMPORAL_ADDRESS: 'elsewhere:7233' })
    await says(run, lastLine)
    expect(run.output()).to.include('! no redis-server here').and.include('export REDIS_URL=\n')
    await rm(bin, { recursive: true })
  })
})
