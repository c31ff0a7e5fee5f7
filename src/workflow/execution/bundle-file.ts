import { existsSync } from 'node:fs'
import { join } from 'node:path'

export const workflowsPath = require.resolve('./workflow')
export const bundleFile = join(__dirname, 'workflow-bundle.js')

/** What a worker loads: the bundle made at build time, else the source, which it bundles itself. */
export const workflowCode = ():
  { readonly workflowBundle: { readonly codePath: string } } | { readonly workflowsPath: string } =>
  existsSync(bundleFile) ? { workflowBundle: { codePath: bundleFile } } : { workflowsPath }
