import { setTimeout as pause } from 'node:timers/promises'
import { clientOf } from '../test/support/client'
import { type Product, startProduct } from '../test/support/product'
import { commandTimes, wholeRun } from './commands'
import { eventStoreTable } from './event-store/main'
import { liveLags } from './live'
import { residentOf } from './memory'
import { ms, row, type Spread } from './spread'

const help = `npm run bench

Starts the product on the embedded stack in a folder of its own, measures, prints a table, and stops it. About four minutes.
Run npm run build first; nothing else should use the machine.`

const figures = ({ p50, p99 }: Spread): ReadonlyArray<string> => [ms(p50), ms(p99)]
const print = (...lines: ReadonlyArray<string>): void => {
  for (const line of lines) console.log(line)
}

const products = ['api', 'projections', 'workflow']

const memoryLines = async ({ dataDir }: Product): Promise<ReadonlyArray<string>> => {
  const all = await residentOf(dataDir)
  const docg = all.filter(({ name }) => products.includes(name)).reduce((sum, { mib }) => sum + mib, 0)
  return [
    ...all.map(({ name, mib }) => row(`memory, ${name}`, `${mib.toFixed(0)} MiB`)),
    row('memory, the three docg processes together (limit 600)', `${docg.toFixed(0)} MiB`),
  ]
}

/** The worker stands still while events are appended in its place. */
const withoutWorker = async <A>({ dataDir }: Product, work: () => Promise<A>): Promise<A> => {
  const worker = (await residentOf(dataDir)).find(({ name }) => name === 'workflow')
  if (worker === undefined) throw new Error('no workflow process')
  process.kill(worker.pid, 'SIGSTOP')
  try {
    return await work()
  } finally {
    process.kill(worker.pid, 'SIGCONT')
  }
}

const settle = 3_000
/** Commands that are not counted: programs that have just started are compiled while they run. */
const warmUp = 200

const measure = async (product: Product): Promise<void> => {
  const client = clientOf(product)
  await client.follow(await client.start())
  print(row('', 'p50', 'p99'))
  print(row('whole demo run, request to end of stream, 10 in a row', ...figures(await wholeRun(client, 10))))
  await withoutWorker(product, async () => {
    await commandTimes(client, warmUp, 1)
    print(
      row(
        `command accepted, 1 caller, after ${warmUp} others (limit p99 80 ms)`,
        ...figures(await commandTimes(client, 500, 1)),
      ),
    )
    print(row('command accepted, 8 callers', ...figures(await commandTimes(client, 200, 8))))
    for (const rate of [20, 200]) {
      await pause(settle)
      const { row: rows, frame, perSecond } = await liveLags(product, rate, 15)
      const at = `${rate} events/s (reached ${perSecond.toFixed(0)})`
      print(row(`append to row visible, ${at}`, ...figures(rows)))
      print(row(`append to SSE frame, ${at}`, ...figures(frame)))
    }
  })
  print(...(await memoryLines(product)))
}

const main = async (): Promise<void> => {
  if (process.argv.includes('--help')) {
    print(help)
    return
  }
  const began = performance.now()
  const product = await startProduct()
  print(row('start, cold (empty folder, everything installed)', ms(performance.now() - began)))
  const again = performance.now()
  const warm = await product.restart()
  print(row('start, warm (same folder)', ms(performance.now() - again)))
  try {
    await measure(warm)
  } finally {
    await warm.stop()
  }
  print('', ...(await eventStoreTable()))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
