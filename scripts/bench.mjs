import { inRoot } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'
import { setUp } from './lib/set-up.mjs'

await setUp()
const { code } = await runNode(['--require', 'tsx/cjs', inRoot('bench/main.ts'), ...process.argv.slice(2)], {
  show: true,
})
process.exitCode = code
