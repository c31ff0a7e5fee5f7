import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DemoFile } from '../../src/embedded/demo/demo-file'
import { freePorts } from '../../src/embedded/ports'
import { until } from './until'

/** What `npm start` runs, compiled, in a folder and on ports of its own. */
export type Product = {
  readonly dataDir: string
  readonly demo: DemoFile
  readonly databaseUrl: string
  readonly eventStoreUrl: string
  readonly mailUrl: string
  /** kill -9 of one process, as named in the folder `run`; the supervisor starts it again. */
  readonly kill9: (name: string) => Promise<void>
  readonly output: () => string
  /** Stops it in good order and starts it again in the same folder. */
  readonly restart: () => Promise<Product>
  readonly stop: () => Promise<void>
}

const supervisor = join(__dirname, '../../dist/embedded/main.js')
const variables = ['PORT', 'POSTGRES_PORT', 'EVENT_STORE_PORT', 'REDIS_PORT', 'TEMPORAL_PORT', 'SMTP_PORT', 'MAIL_PORT']

const startMs = 170_000

const ended = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (ended(child)) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

type Ports = Readonly<Record<string, string>>

export const startProduct = async (): Promise<Product> => {
  const free = await freePorts(variables.length)
  const ports = Object.fromEntries(variables.map((name, i) => [name, String(free[i])]))
  return startIn(await mkdtemp(join(tmpdir(), 'docg-e2e-')), ports)
}

const startIn = async (dataDir: string, ports: Ports): Promise<Product> => {
  const url = `http://127.0.0.1:${ports['PORT'] ?? ''}`
  const env = { ...process.env, ...ports, DOCG_DATA_DIR: dataDir, PUBLIC_URL: url, LOG_LEVEL: 'info', CI: '1' }
  const child = spawn(process.execPath, [supervisor], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-100_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  await until(
    () => output.includes('Ctrl-C stops everything') || ended(child),
    startMs,
    () => `the product is not ready:\n${output}`,
  )
  if (ended(child)) throw new Error(`the product ended:\n${output}`)
  return {
    dataDir,
    demo: JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as DemoFile,
    databaseUrl: `postgres://docg@127.0.0.1:${ports['POSTGRES_PORT'] ?? ''}/docg`,
    eventStoreUrl: `esdb://127.0.0.1:${ports['EVENT_STORE_PORT'] ?? ''}?tls=false`,
    mailUrl: `http://127.0.0.1:${ports['MAIL_PORT'] ?? ''}`,
    kill9: async (name) => {
      const { pid } = JSON.parse(await readFile(join(dataDir, 'run', `${name}.pid`), 'utf8')) as {
        readonly pid: number
      }
      process.kill(pid, 'SIGKILL')
    },
    output: () => output,
    restart: async () => {
      await stopChild(child)
      return startIn(dataDir, ports)
    },
    stop: async () => {
      await stopChild(child)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
