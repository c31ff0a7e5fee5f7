import { existsSync } from 'node:fs'
import { ensureBuilt } from './build.mjs'
import { fail } from './fail.mjs'
import { ensureInstalled } from './install.mjs'
import { demandNode } from './node-version.mjs'
import { inRoot, root } from './root.mjs'

/** From a fresh clone to a current dist: Node's version, variables from .env, packages, build. */
export const setUp = async ({ build = true } = {}) => {
  demandNode()
  process.chdir(root)
  if (existsSync(inRoot('.env'))) process.loadEnvFile(inRoot('.env'))
  await ensureInstalled()
  if (build) await ensureBuilt()
}

/** Goes on as the named program in this very process, so that it gets the terminal and the signals. */
export const become = async (program, args) => {
  const file = inRoot(program)
  if (!existsSync(file)) fail(`${program} is not there.`, 'Run npm run build and look for errors.')
  process.argv = [process.argv[0], file, ...args]
  await import(file)
}
