import { join } from 'node:path'
import { emptyDataDir, holdDataDir } from './data-dir'
import { demoLines } from './demo-lines'
import { listenForInterrupts } from './interrupts'
import { demandFreePorts, neededServers } from './needs'
import { whenNpmEnds } from './npm-above'
import { afterProducts, beforeProducts, products } from './processes'
import { endOrphans } from './process/record'
import { type Care, type Running, startService } from './process/running'
import { demandPrograms, productService, runCommand } from './product'
import { productEnv } from './product-env'
import { redisExecutable } from './redis/executable'
import { ensureSecrets } from './secrets'
import { type Setting } from './setting'
import { type ServerName, startServer } from './stack'
import { say, type SetUp, step } from './step'
import { Trouble } from './trouble'

export type Wish = { readonly fresh: boolean; readonly serversOnly: boolean }

const stopAll = async (running: ReadonlyArray<Running>, setUp: SetUp): Promise<void> => {
  for (const each of [...running].reverse()) await step(setUp, `stopping ${each.name}`, () => each.stop())
}

const inWords = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const startServers = async (
  names: ReadonlyArray<ServerName>,
  setting: Setting,
  setUp: SetUp,
  care: Care,
  started: Running[],
) => {
  const { dataDir, ports, elsewhere } = setting
  const site = { ...setUp, dataDir, ports, eventsUrl: elsewhere.EVENT_STORE_DATABASE_URL }
  for (const name of names) {
    if (name === 'redis' && (await redisExecutable(setUp)) === undefined) {
      say(
        setUp.screen,
        '! no redis-server here: live streams read the event store instead, a little slower. REDIS_URL or an installed Redis changes that.',
      )
      continue
    }
    started.push(await step(setUp, `starting ${inWords(name)}`, () => startServer(name, site, care)))
  }
}

const hasRedis = (started: ReadonlyArray<Running>) => started.some(({ name }) => name === 'redis')

const startProducts = async (setting: Setting, setUp: SetUp, care: Care, started: Running[]) => {
  const env = productEnv(setUp.env, setting, await ensureSecrets(setting.dataDir), hasRedis(started))
  for (const command of beforeProducts) await runCommand(command, { ...setUp, env })
  const base = `http://127.0.0.1:${setting.ports.api}`
  for (const product of products)
    started.push(
      await step(setUp, `starting ${product.name}`, () => startService(productService(product, env, base), care)),
    )
  for (const command of afterProducts) await runCommand(command, { ...setUp, env })
}

const shownAddresses = ['DATABASE_URL', 'EVENTSTORE_URL', 'REDIS_URL', 'TEMPORAL_ADDRESS', 'SMTP_URL', 'BLOB_URL']

/** For a process started by hand beside the servers. */
const addressLines = (setting: Setting, started: ReadonlyArray<Running>): string => {
  const env = productEnv({}, setting, {}, hasRedis(started))
  return ['', ...shownAddresses.map((name) => `export ${name}=${env[name] ?? ''}`), ''].join('\n')
}

/** `npm start`: brings everything up, keeps it up, and takes it down at the first interrupt. Resolves with the exit code. */
export const supervise = async (setting: Setting, wish: Wish, terminal: Omit<SetUp, 'cancelled'>): Promise<number> => {
  const { dataDir } = setting
  const began = Date.now()
  const started: Running[] = []
  const dropAll = () => {
    for (const each of started) each.drop()
  }
  const interrupts = listenForInterrupts(() => {
    dropAll()
    process.exit(130)
  })
  const setUp = { ...terminal, cancelled: interrupts.first }
  const report = (line: string) => {
    say(setUp.screen, `! ${line}`)
  }
  const leaveNpm = whenNpmEnds(setUp.env, () => {
    report('npm has ended: stopping')
    interrupts.interrupt()
  })
  const care = { dataDir, ownGroup: true, keepAlive: report, cancelled: interrupts.first }
  const names = neededServers(setting)
  let letGo = () => undefined as unknown
  process.once('exit', dropAll)
  try {
    if (!wish.serversOnly)
      demandPrograms([...beforeProducts, ...products, ...afterProducts].map(({ script }) => script))
    letGo = await holdDataDir(dataDir)
    await endOrphans(dataDir, report, [
      ...products.map(({ name }) => name),
      'mailbox',
      'temporal',
      'redis',
      'event-store',
    ])
    if (wish.fresh) await step(setUp, `deleting ${dataDir}`, () => emptyDataDir(dataDir))
    await demandFreePorts(setting, [...names, ...(wish.serversOnly ? [] : ['api'])])
    await startServers(names, setting, setUp, care, started)
    if (!wish.serversOnly) await startProducts(setting, setUp, care, started)
    say(setUp.screen, `ready in ${((Date.now() - began) / 1000).toFixed(1)} s; logs in ${join(dataDir, 'logs')}`)
    say(setUp.screen, wish.serversOnly ? addressLines(setting, started) : ((await demoLines(dataDir)) ?? ''))
    if (names.includes('mailbox')) say(setUp.screen, `  Mailbox       http://127.0.0.1:${setting.ports.mailPage}\n`)
    say(setUp.screen, 'Ctrl-C stops everything; the data stays.')
    await interrupts.interrupted
    return 0
  } catch (error) {
    if (interrupts.first.aborted) return 0
    if (!(error instanceof Trouble)) throw error
    say(setUp.screen, `\n${error.message}\n`)
    return 1
  } finally {
    leaveNpm()
    await stopAll(started, setUp)
    letGo()
    interrupts.ignore()
    process.off('exit', dropAll)
  }
}
