import { writeFile } from 'node:fs/promises'
import { bundleWorkflowCode } from '@temporalio/worker'
import { bundleFile, workflowsPath } from './execution/bundle-file'

/** Run at build time, so that a worker starts without bundling. */
const main = async (): Promise<void> => {
  const { code } = await bundleWorkflowCode({ workflowsPath })
  await writeFile(bundleFile, code)
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exitCode = 1
})
