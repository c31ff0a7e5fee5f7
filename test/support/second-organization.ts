import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { DemoFile } from '../../src/embedded/demo/demo-file'
import type { Product } from './product'

const admin = join(__dirname, '../../dist/api/admin-main.js')
const run = promisify(execFile)

/** Another organization of a running product, with a key of its own; made as an administrator makes it. Its workflow is still to be made. */
export const secondOrganization = async ({ databaseUrl, demo }: Product): Promise<DemoFile> => {
  const said = async (...args: ReadonlyArray<string>): Promise<string> => {
    const { stdout } = await run(process.execPath, [admin, ...args], { env: { DATABASE_URL: databaseUrl } })
    return stdout
  }
  const organization_id = /id {2}(\S+)/.exec(await said('organization', 'create', '--name', 'Second'))?.[1] ?? ''
  const key = await said('key', 'create', '--organization', organization_id, '--role', 'admin', '--name', 'test')
  return { ...demo, organization_id, api_key: /key {3}(\S+)/.exec(key)?.[1] ?? '', workflow_id: '' }
}
