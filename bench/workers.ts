import { Connection } from '@temporalio/client'
import { clientOf } from '../test/support/client'
import { until } from '../test/support/until'
import { perSecond, times } from './aim'
import { withCompletions } from './completions'
import { inFlight } from './in-flight'
import type { Part } from './part'
import { startOf, workerOf } from './processes'
import { withProgram } from './program'
import { row } from './row'

/** Who asks Temporal for the product's workflows to go on with. */
const pollersOf = async ({ workflowService }: Connection, env: Readonly<Record<string, string>>) => {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace: env['TEMPORAL_NAMESPACE'] ?? 'default',
    taskQueue: { name: env['TEMPORAL_TASK_QUEUE'] ?? 'docg' },
  })
  return pollers.map(({ identity }) => identity ?? '')
}

/** Demo runs with one workflow process and with two, the second started as the first was. */
export const workers: Part = async ({ product, repeats, print }) => {
  const client = clientOf(product)
  const first = await startOf((await workerOf(product.dataDir)).pid)
  const connection = await Connection.connect({ address: first.env['TEMPORAL_ADDRESS'] ?? '' })
  try {
    await withCompletions(product.eventStoreUrl, async ({ of }) => {
      const rate = () => inFlight(Math.max(50, repeats(150)), 50, async () => of(await client.start()))
      await inFlight(repeats(20), 10, async () => of(await client.start()))
      const one = await rate()
      print(row('demo runs, 50 in flight, one workflow process', [perSecond(one)]))
      const before = await pollersOf(connection, first.env)
      await withProgram(first, async () => {
        const isNew = (identity: string) => !before.includes(identity)
        await until(async () => (await pollersOf(connection, first.env)).some(isNew), 60_000)
        const two = await rate()
        print(row('demo runs, 50 in flight, two workflow processes', [perSecond(two)]))
        print(row('two / one', [times(two / one)]))
      })
    })
  } finally {
    await connection.close()
  }
}
