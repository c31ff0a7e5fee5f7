import { NativeConnection, Worker } from '@temporalio/worker'
import { argv } from 'node:process'

/** A program of its own, so that its processor time can be told: `worker.ts <address of Temporal> <task queue>`. Bounds as the product's worker. */
const main = async ([address = '', taskQueue = '']: ReadonlyArray<string>): Promise<void> => {
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowsPath: require.resolve('./workflow'),
    activities: { nothing: () => Promise.resolve() },
    maxConcurrentActivityTaskExecutions: 20,
    maxCachedWorkflows: 200,
  })
  await worker.run()
}

main(argv.slice(2)).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
