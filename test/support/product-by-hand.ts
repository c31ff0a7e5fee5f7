import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterProducts, beforeProducts } from '../../src/embedded/processes'
import { productEnv } from '../../src/embedded/product-env'
import { ensureSecrets } from '../../src/embedded/secrets'
import { settingFrom } from '../../src/embedded/setting'
import { addressesIn, ended, newPlace, type Product, supervised } from './product'
import { until } from './until'

type Worker = { readonly pid: number; readonly kill9: () => Promise<void> }

/** The compiled product on servers of its own, without Redis; its worker runs when a test says so, and nobody starts it again. */
export type ProductByHand = Pick<Product, 'dataDir' | 'demo' | 'databaseUrl' | 'eventStoreUrl' | 'mailUrl'> & {
  /** With this event store instead of its own. */
  readonly startWorker: (eventStoreUrl?: string) => Worker
  readonly stop: () => Promise<void>
}

const program = (script: string) => join(__dirname, '../../dist', `${script}.js`)

export const startProductByHand = async (): Promise<ProductByHand> => {
  const place = await newPlace({ REDIS_URL: '' })
  const { dataDir } = place
  const servers = await supervised(place, '--servers-only')
  const env = productEnv(place.env, settingFrom(place.env), await ensureSecrets(dataDir), false)
  const children: ChildProcess[] = []
  const dropAll = () => {
    for (const child of children) child.kill('SIGKILL')
  }
  process.once('exit', dropAll)

  const start = (script: string, changes: NodeJS.ProcessEnv = {}) => {
    const log = createWriteStream(join(dataDir, 'logs', `${script.replaceAll('/', '-')}.log`), { flags: 'a' })
    const child = spawn(process.execPath, [program(script)], {
      env: { ...env, ...changes },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    children.push(child)
    return child
  }
  const run = async (script: string): Promise<void> => {
    const [code] = (await once(start(script), 'exit')) as [number | null]
    if (code !== 0) throw new Error(`${script} ended with ${code}, its log is in ${dataDir}`)
  }
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    if (ended(child)) return
    child.kill(signal)
    await once(child, 'exit')
  }
  const answers = async () =>
    (await fetch(`http://127.0.0.1:${env['PORT'] ?? ''}/health/ready`).catch(() => undefined))?.status === 200

  for (const { script } of beforeProducts) await run(script)
  start('projections/main')
  start('api/main')
  await until(answers, 60_000)
  for (const { script } of afterProducts) await run(script)
  return {
    dataDir,
    ...(await addressesIn(place)),
    startWorker: (eventStoreUrl = env['EVENTSTORE_URL'] ?? '') => {
      const child = start('workflow/main', { EVENTSTORE_URL: eventStoreUrl })
      return { pid: child.pid ?? 0, kill9: () => end(child, 'SIGKILL') }
    },
    stop: async () => {
      for (const child of children.toReversed()) await end(child, 'SIGTERM')
      process.off('exit', dropAll)
      await servers.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
