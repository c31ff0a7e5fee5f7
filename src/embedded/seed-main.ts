import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { newApiKey, sha256Of } from '../api/auth/api-key'
import { OrganizationId } from '../domain/ids'
import { postgresIdentityStore } from '../stores/identity/postgres'
import { openPostgres } from '../stores/postgres/open-postgres'
import { apiClient } from './demo/api-client'
import { triggerData } from './demo/contract-template'
import { readDemoFile, writeDemoFile } from './demo/demo-file'
import { makeDemoWorkflow } from './demo/demo-workflow'
import { Trouble } from './trouble'

const aNewId = (): OrganizationId =>
  pipe(
    OrganizationId.decode(randomUUID()),
    E.getOrElseW(() => {
      throw new Error('no organization id')
    }),
  )

/** An organization with a key that may do everything; answers the key's text. */
const makeKey = async (databaseUrl: string, organizationId: OrganizationId): Promise<string> => {
  const database = openPostgres({ url: databaseUrl, name: 'docg-seed', connections: 2 })
  const identity = postgresIdentityStore(database)
  const key = newApiKey()
  try {
    const made = await pipe(
      identity.addOrganization({ id: organizationId, name: 'Demo', locale: 'pt-BR' }),
      TE.chain(() => identity.addKey({ id: randomUUID(), organizationId, name: 'demo', role: 'admin' }, sha256Of(key))),
    )()
    if (E.isLeft(made)) throw new Trouble(`The demo's key could not be made: ${made.left.reason}`, 'Start again.')
    return key
  } finally {
    await database.destroy()
  }
}

const set = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Trouble(`${name} is not set.`, 'Run npm start.')
  return value
}

/** Runs after the product is up: a demo organization with a workflow that is ready to run, once. */
const main = async (): Promise<void> => {
  const dataDir = set('DOCG_DATA_DIR')
  const url = set('PUBLIC_URL')
  const known = await readDemoFile(dataDir)
  if (known !== undefined) {
    if (known.url !== url) await writeDemoFile(dataDir, { ...known, url })
    return
  }
  const organization_id = aNewId()
  const api_key = await makeKey(set('DATABASE_URL'), organization_id)
  const api = apiClient(`http://127.0.0.1:${set('PORT')}`, organization_id, api_key)
  const workflow_id = await makeDemoWorkflow(api, set('SMTP_URL'), join(set('STORAGE_ROOT'), organization_id))
  await writeDemoFile(dataDir, { url, organization_id, api_key, workflow_id, trigger_data: triggerData })
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
