import { inRoot } from './root.mjs'
import { runNode } from './run.mjs'
import { step } from './step.mjs'

const bin = (path) => inRoot('node_modules', path)

const checks = [
  ['formatting (prettier)', [bin('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn']],
  ['types (tsc)', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
  ['lint (eslint)', [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']],
  [
    'boundaries (dependency-cruiser)',
    [bin('dependency-cruiser/bin/dependency-cruise.mjs'), 'src', '--config', '.dependency-cruiser.cjs'],
  ],
  ['unused code (knip)', [bin('knip/bin/knip.js')]],
]

/** The checks that run nothing of the product; each counts as one test. */
export const runChecks = async () => {
  let failed = 0
  for (const [title, args] of checks) {
    const { code, output } = await step(title, () => runNode(args))
    if (code === 0) continue
    failed += 1
    console.log(output.trim())
  }
  return { passed: checks.length - failed, failed }
}
