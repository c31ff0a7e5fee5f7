import { runChecks } from './lib/checks.mjs'
import { fail } from './lib/fail.mjs'
import { runMocha, suites } from './lib/mocha.mjs'
import { inRoot } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'
import { setUp } from './lib/set-up.mjs'

const parts = ['check', ...Object.keys(suites)]
const isPart = (arg) => parts.includes(arg)

const args = process.argv.slice(2)
const firstOption = args.findIndex((arg) => !isPart(arg))
const options = firstOption < 0 ? [] : args.slice(firstOption)
const asked =
  args.filter(isPart).length === 0 || firstOption === 0 ? parts : args.slice(0, args.length - options.length)
if (options.length > 0 && !options[0].startsWith('-'))
  fail(`There is no part ${options[0]}.`, `npm test -- [${parts.join(' | ')}] [--grep text]`)

const total = { passed: 0, failed: 0 }
let isDone = false
process.once('exit', () => {
  // Whatever ended the run early, a build that fails for one, is a failure too.
  if (!isDone) total.failed += 1
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
})

const needsServers = asked.includes('int') || asked.includes('e2e')
await setUp({ build: needsServers })
if (needsServers) {
  const tools = await runNode([inRoot('dist/embedded/tools-main.js')], { show: true })
  if (tools.code !== 0) process.exit(1)
}

for (const part of asked) {
  // With --grep only the suites are meant.
  if (part === 'check' && options.length > 0) continue
  const began = Date.now()
  console.log(`\n== ${part}`)
  const { passed, failed } = part === 'check' ? await runChecks() : await runMocha(suites[part], options)
  console.log(`== ${part}: ${passed} passed, ${failed} failed, ${((Date.now() - began) / 1000).toFixed(1)} s`)
  total.passed += passed
  total.failed += failed
}
isDone = true
process.exitCode = total.failed === 0 ? 0 : 1
