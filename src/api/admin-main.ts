import { Client } from '@temporalio/client'
import * as E from 'fp-ts/Either'
import { postgresCheckpoint } from '../consumers/postgres-checkpoint'
import { esdbEventStore } from '../stores/events/esdb'
import { postgresIdentityStore } from '../stores/identity/postgres'
import { openPostgres } from '../stores/postgres/open-postgres'
import { renewDerivingKey } from '../stores/secrets/deriving-key'
import { type Keyring, keyringOf } from '../stores/secrets/keyring'
import { reseal, type Resealed } from '../stores/secrets/reseal'
import { openRuns } from '../workflow/open-runs'
import { type Mended, reconcile } from '../workflow/reconcile'
import { runsWithWorkflow, temporalConnection, temporalEngine } from '../workflow/temporal-engine'
import { type AdminCommand, parseArguments } from './admin/arguments'
import { runAdmin } from './admin/run'
import { usage } from './admin/usage'

type Said = { readonly code: number; readonly out: string; readonly error: string }
type Env = Readonly<Record<string, string | undefined>>

const failed = (error: string): Said => ({ code: 1, out: '', error })
const isUp = 'Is docg running? npm start brings it up.'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

const lineOf = ({ execution, status, action }: Mended): string =>
  `${execution}  ${status.padEnd(12)}  ${action === 'start' ? 'workflow started' : 'has ended, forgotten'}\n`

const mendedText = (mended: ReadonlyArray<Mended>, dryRun: boolean): string =>
  mended.length === 0
    ? 'Every open run has an open workflow.\n'
    : `${mended.map(lineOf).join('')}\n${dryRun ? 'Nothing was done: --dry-run.' : `${mended.length} mended.`}\n`

const reconcileNow = async (env: Env, dryRun: boolean): Promise<Said> => {
  const { DATABASE_URL, EVENTSTORE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TASK_QUEUE } = env
  if (!DATABASE_URL || !EVENTSTORE_URL || !TEMPORAL_ADDRESS)
    return failed('DATABASE_URL, EVENTSTORE_URL and TEMPORAL_ADDRESS have to be set.')
  const database = openPostgres({ url: DATABASE_URL, name: 'docg-admin', connections: 2 })
  const store = esdbEventStore({ url: EVENTSTORE_URL, log: silent })
  const connection = temporalConnection(TEMPORAL_ADDRESS)
  const client = new Client({ connection, namespace: TEMPORAL_NAMESPACE ?? 'default' })
  try {
    const mended = await reconcile(
      {
        store,
        open: openRuns(database, postgresCheckpoint(database, 'reactor', 1)),
        engine: temporalEngine(client, TEMPORAL_TASK_QUEUE ?? 'docg'),
        withWorkflow: runsWithWorkflow(client),
        now: () => new Date().toISOString(),
      },
      dryRun,
    )
    return { code: 0, out: mendedText(mended, dryRun), error: '' }
  } catch (error) {
    return failed(`It was not done: ${error instanceof Error ? error.message : String(error)}\n${isUp}`)
  } finally {
    await Promise.all([connection.close(), store.close(), database.destroy()])
  }
}

const withSecrets = async (
  env: Env,
  work: (database: ReturnType<typeof openPostgres>, keys: Keyring) => Promise<Said>,
): Promise<Said> => {
  const { DATABASE_URL, DOCG_SECRET_KEY } = env
  if (!DATABASE_URL || !DOCG_SECRET_KEY) return failed('DATABASE_URL and DOCG_SECRET_KEY have to be set.')
  const keys = keyringOf(DOCG_SECRET_KEY)
  if (E.isLeft(keys)) return failed(`DOCG_SECRET_KEY ${keys.left}.`)
  const database = openPostgres({ url: DATABASE_URL, name: 'docg-admin', connections: 2 })
  try {
    return await work(database, keys.right)
  } catch (error) {
    return failed(`It was not done: ${error instanceof Error ? error.message : String(error)}\n${isUp}`)
  } finally {
    await database.destroy()
  }
}

const resealedText = ({ moved, unreadable, unreadableCount, left }: Resealed, dryRun: boolean): Said => {
  const out = `${moved} ${dryRun ? 'to be sealed' : 'sealed'} with the first key.\n${dryRun ? 'Nothing was done: --dry-run.\n' : ''}`
  const lost =
    unreadableCount === 0
      ? ''
      : `${unreadableCount} that no key opens (organization, connection):\n${unreadable.map((one) => `  ${one}\n`).join('')}`
  const late =
    left === 0
      ? ''
      : `${left} sealed with an older key meanwhile: restart every process with the new key first, then reseal again.\n`
  const isDone = unreadableCount === 0 && left === 0
  return {
    code: isDone ? 0 : 1,
    out: isDone && !dryRun ? `${out}Keys behind the first one are no longer needed.\n` : out,
    error: lost + late,
  }
}

const resealNow = (env: Env, dryRun: boolean): Promise<Said> =>
  withSecrets(env, async (knex, keys) => {
    const onProgress = (seen: number, of: number) => void process.stdout.write(`${seen} of ${of}\n`)
    return resealedText(await reseal({ knex, keys, dryRun, onProgress }), dryRun)
  })

const renewNow = (env: Env): Promise<Said> =>
  withSecrets(env, async (database, keys) => {
    const renewed = await renewDerivingKey(database, keys)()
    if (E.isLeft(renewed)) return failed(`The database did not do it: ${renewed.left.reason}\n${isUp}`)
    return renewed.right === 'renewed'
      ? { code: 0, out: 'Renewed. Restart every process.\n', error: '' }
      : failed('A key opens it: there is nothing to renew.')
  })

const carryOut = async (command: AdminCommand, env: Env): Promise<Said> => {
  if (command._tag === 'Help') return { code: 0, out: usage, error: '' }
  if (command._tag === 'Reconcile') return reconcileNow(env, command.dryRun)
  if (command._tag === 'Reseal') return resealNow(env, command.dryRun)
  if (command._tag === 'RenewDerivingKey') return renewNow(env)
  const url = env['DATABASE_URL']
  if (url === undefined || url === '') return failed('DATABASE_URL is not set.')
  const database = openPostgres({ url, name: 'docg-admin', connections: 2 })
  try {
    const done = await runAdmin(postgresIdentityStore(database))(command)()
    if (E.isRight(done)) return { code: 0, out: done.right, error: '' }
    if (done.left._tag === 'NotThere') return failed(done.left.what)
    return failed(`The database did not do it: ${done.left.reason}\n${isUp}`)
  } finally {
    await database.destroy()
  }
}

const main = async (args: ReadonlyArray<string>): Promise<void> => {
  const command = parseArguments(args)
  const { code, out, error } = E.isLeft(command)
    ? { code: 2, out: '', error: `${command.left}\n\n${usage}` }
    : await carryOut(command.right, process.env)
  process.stdout.write(out)
  process.stderr.write(error === '' ? '' : `${error.trimEnd()}\n`)
  process.exitCode = code
}

void main(process.argv.slice(2))
