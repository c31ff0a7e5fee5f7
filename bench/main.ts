import { Trouble } from '../src/embedded/trouble'
import { type Product, startProduct } from '../test/support/product'
import { help, type PartName, wishFrom } from './arguments'
import { commands } from './commands'
import { definitions } from './definitions'
import { eventStoreTable } from './event-store/main'
import { fairness } from './fairness'
import { lags } from './lags'
import { memory } from './memory'
import type { Part } from './part'
import { preflight } from './preflight/main'
import { workerOf } from './processes'
import { ms, row } from './row'
import { runs } from './runs'
import { workers } from './workers'

type Parts = Readonly<Partial<Record<PartName, Part>>>

const withWorker: Parts = { runs, workers, fairness }
/** The worker stands still: what it would do in the background is not measured here, or is done in its place. */
const withoutWorker: Parts = { commands, lags, memory, preflight, definitions }

const print = (...lines: ReadonlyArray<string>): void => {
  for (const line of lines) console.log(line)
}

const started = async (asked: boolean): Promise<Product> => {
  const began = performance.now()
  const cold = await startProduct()
  if (!asked) return cold
  print(row('start, cold (empty folder, everything installed)', [ms(performance.now() - began)]))
  const again = performance.now()
  const warm = await cold.restart()
  print(row('start, warm (same folder)', [ms(performance.now() - again)]))
  return warm
}

const whileStopped = async (pid: number, work: () => Promise<void>): Promise<void> => {
  process.kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}

const main = async (): Promise<void> => {
  const wish = wishFrom(process.argv.slice(2))
  if (wish.help) {
    print(help)
    return
  }
  const asked = (parts: Parts): ReadonlyArray<Part> =>
    Object.entries(parts).flatMap(([name, part]) => (wish.only.some((each) => each === name) ? [part] : []))
  const repeats = (usual: number) => (wish.quick ? Math.ceil(usual / 10) : usual)
  if (wish.only.some((name) => name !== 'event-store')) {
    print(row('', ['p50', 'p99']))
    const product = await started(wish.only.includes('start'))
    const bench = { product, repeats, print }
    try {
      for (const part of asked(withWorker)) await part(bench)
      await whileStopped((await workerOf(product.dataDir)).pid, async () => {
        for (const part of asked(withoutWorker)) await part(bench)
      })
    } finally {
      await product.stop()
    }
  }
  if (wish.only.includes('event-store')) print('', ...(await eventStoreTable()))
}

main().catch((error: unknown) => {
  console.error(error instanceof Trouble ? error.message : error)
  process.exitCode = 1
})
