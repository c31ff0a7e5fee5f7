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

export const ended = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (ended(child)) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Where one product lives: a folder of its own, and the environment with its ports. */
export type Place = { readonly dataDir: string; readonly env: NodeJS.ProcessEnv }

export const newPlace = async (wishes: NodeJS.ProcessEnv = {}): Promise<Place> => {
  const free = await freePorts(variables.length)
  const ports = Object.fromEntries(variables.map((name, i) => [name, String(free[i])]))
  const dataDir = await mkdtemp(join(tmpdir(), 'docg-e2e-'))
  const own = { DOCG_DATA_DIR: dataDir, PUBLIC_URL: `http://127.0.0.1:${ports['PORT'] ?? ''}`, LOG_LEVEL: 'info' }
  return { dataDir, env: { ...process.env, ...ports, ...own, ...wishes, CI: '1' } }
}

/** `npm start` with these options; resolves when it says that it is up. */
export const supervised = async ({ env }: Place, ...options: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [supervisor, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] })
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
  return { output: () => output, stop: () => stopChild(child) }
}

export const addressesIn = async ({ dataDir, env }: Place) => ({
  demo: JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as DemoFile,
  databaseUrl: `postgres://docg@127.0.0.1:${env['POSTGRES_PORT'] ?? ''}/docg`,
  eventStoreUrl: `esdb://127.0.0.1:${env['EVENT_STORE_PORT'] ?? ''}?tls=false`,
  mailUrl: `http://127.0.0.1:${env['MAIL_PORT'] ?? ''}`,
})

export const startProduct = async (): Promise<Product> => startIn(await newPlace())

const startIn = async (place: Place): Promise<Product> => {
  const { output, stop } = await supervised(place)
  const { dataDir } = place
  return {
    dataDir,
    ...(await addressesIn(place)),
    kill9: async (name) => {
      const { pid } = JSON.parse(await readFile(join(dataDir, 'run', `${name}.pid`), 'utf8')) as {
        readonly pid: number
      }
      process.kill(pid, 'SIGKILL')
    },
    output,
    restart: async () => {
      await stop()
      return startIn(place)
    },
    stop: async () => {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
