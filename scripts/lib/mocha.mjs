import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inRoot } from './root.mjs'
import { runNode } from './run.mjs'

// A suite that hangs is ended and counted as failed.
const longest = 20 * 60_000

export const suites = {
  unit: { spec: 'test/**/!(*.int|*.e2e).test.ts', timeout: 30_000 },
  int: { spec: 'test/**/*.int.test.ts', timeout: 60_000 },
  e2e: { spec: 'test/**/*.e2e.test.ts', timeout: 180_000 },
}

const readCounts = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}

/** Runs one suite in one process. A suite that ends badly without a failed test counts as one failure. */
export const runMocha = async ({ spec, timeout }, args) => {
  const folder = mkdtempSync(join(tmpdir(), 'docg-mocha-'))
  const counts = join(folder, 'counts.json')
  const reporter = ['--reporter', inRoot('test/support/reporter.cjs'), '--reporter-option', `output=${counts}`]
  const { code } = await runNode(
    [inRoot('node_modules/mocha/bin/mocha.js'), ...reporter, '--timeout', String(timeout), ...args, spec],
    {
      show: true,
      limit: longest,
    },
  )
  const { passed, failed } = readCounts(counts)
  rmSync(folder, { recursive: true })
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed }
}
