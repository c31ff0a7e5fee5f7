import { TestWorkflowEnvironment } from '@temporalio/testing'

/** Has the SDK fetch its dev server into the folder given as argument, by starting and stopping it once. */
const main = async (folder: string) => {
  const executable = { type: 'cached-download', downloadDir: folder } as const
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } })
  await environment.teardown()
}

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
