import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { fail } from './fail.mjs'
import { inRoot, root } from './root.mjs'
import { runNode } from './run.mjs'
import { step } from './step.mjs'

const stamp = inRoot('dist/.built')

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  )

const inputs = () => {
  const files = [
    ...filesBelow(inRoot('src')),
    ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => inRoot(name)),
  ]
  return Object.fromEntries(files.map((file) => [relative(root, file), statSync(file).mtimeMs]))
}

const lastInputs = () => {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'))
  } catch {
    return {}
  }
}

const copyOthers = () => {
  for (const file of filesBelow(inRoot('src')))
    if (!['.ts', '.md'].includes(extname(file))) cpSync(file, inRoot('dist', relative(inRoot('src'), file)))
}

const compile = async () => {
  const compiled = await runNode([inRoot('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'])
  if (compiled.code !== 0) return compiled
  copyOthers()
  // The workflow code is bundled once here, so that the worker starts without doing it.
  return existsSync(inRoot('dist/workflow/bundle.js')) ? runNode([inRoot('dist/workflow/bundle.js')]) : compiled
}

/** Brings dist up to date with src. */
export const ensureBuilt = async () => {
  const [now, before] = [inputs(), lastInputs()]
  const isGone = (file) => now[file] === undefined
  if (Object.keys(before).some(isGone)) rmSync(inRoot('dist'), { recursive: true, force: true })
  else if (Object.keys(now).every((file) => now[file] === before[file])) return
  const { code, output } = await step('building', compile)
  if (code !== 0) fail(`The build failed:\n${output.trim()}`, 'Mend the source, then run the same command again.')
  writeFileSync(stamp, JSON.stringify(now))
}
