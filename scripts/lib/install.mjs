import { readFileSync } from 'node:fs'
import { fail } from './fail.mjs'
import { inRoot } from './root.mjs'
import { runNpm } from './run.mjs'
import { step } from './step.mjs'

const packagesIn = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return {}
  }
}

/** Whether node_modules holds what package-lock.json asks for. Packages for other platforms may be missing. */
const isCurrent = () => {
  const installed = packagesIn(inRoot('node_modules/.package-lock.json'))
  return Object.entries(packagesIn(inRoot('package-lock.json'))).every(
    ([path, { version, optional, link }]) =>
      path === '' || link || (optional && !installed[path]) || installed[path]?.version === version,
  )
}

export const ensureInstalled = async () => {
  if (isCurrent()) return
  const { code, output } = await step('installing packages (npm ci)', () => runNpm(['ci', '--no-audit', '--no-fund']))
  if (code === 0) return
  const said = output.split('\n').filter((line) => line.startsWith('npm error'))
  fail(`npm ci failed:\n${said.slice(0, 12).join('\n')}`, 'Check the network, then run the same command again.')
}
