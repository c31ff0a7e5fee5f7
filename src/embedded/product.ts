import { existsSync } from 'node:fs'
import { nodeArguments, nodeService, programFile } from './node-program'
import { type Service } from './process/service'
import { type Command, type ProductProcess } from './processes'
import { attempt, runQuietly } from './tool'
import { type SetUp } from './step'
import { Trouble } from './trouble'

export const demandPrograms = (scripts: ReadonlyArray<string>): void => {
  const missing = scripts.map(programFile).filter((file) => !existsSync(file))
  if (missing.length === 0) return
  throw new Trouble(`Not built: ${missing.join(', ')}.`, 'Run npm run build, then start again.')
}

const answersOk = async (url: string): Promise<boolean> =>
  (await fetch(url, { signal: AbortSignal.timeout(2000) })).status === 200

export const productService = (process: ProductProcess, env: NodeJS.ProcessEnv, base: string): Service =>
  nodeService({
    name: process.name,
    script: process.script,
    env,
    isReady: () => (process.ready === undefined ? Promise.resolve(true) : answersOk(base + process.ready)),
    readyWithin: 90_000,
    stopSignal: 'SIGTERM',
    stopWithin: process.stopWithin,
  })

/** Runs a command of the product to its end. */
export const runCommand = async ({ title, script }: Command, setUp: SetUp): Promise<void> => {
  const problem = await attempt(setUp, title, () => runQuietly(process.execPath, nodeArguments(script), setUp))
  if (problem !== undefined)
    throw new Trouble(`${title} failed:\n${problem}`, 'The logs are in the folder logs of the data.')
}
