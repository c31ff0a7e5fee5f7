import { execFile } from 'node:child_process'
import { chown, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { commandLineOf } from '../process/identity'
import { Trouble } from '../trouble'
import { postgresAccount, runAs } from './account'
import { type Binaries } from './binaries'

const major = '18'

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

const initialise = async ({ initdb }: Binaries, folder: string, env: NodeJS.ProcessEnv): Promise<void> => {
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true, mode: 0o700 })
  const account = postgresAccount()
  if (account !== undefined) await chown(partial, account.uid, account.gid)
  const args = ['-D', partial, '-U', 'docg', '--auth=trust', '--encoding=UTF8', '--locale=C']
  const run = runAs(account, initdb, args, [dirname(initdb), dirname(partial)])
  try {
    await promisify(execFile)(run.command, run.args, { env, ...run.account })
  } catch (error) {
    throw new Trouble(
      `PostgreSQL could not make its data folder: ${String(error)}`,
      'Check free space and rights there.',
    )
  }
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}

const check = async (folder: string): Promise<void> => {
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => '')
  const anew = 'Begin anew with npm start -- --fresh (deletes all data), or move the folder away.'
  if (version.trim() !== '' && version.trim() !== major)
    throw new Trouble(`${folder} was made by PostgreSQL ${version.trim()}; this is PostgreSQL ${major}.`, anew)
  if (
    version === '' ||
    !(await exists(join(folder, 'global/pg_control'))) ||
    !(await exists(join(folder, 'postgresql.conf')))
  )
    throw new Trouble(
      `${folder} is only a part of a PostgreSQL data folder: its making or copying was interrupted.`,
      anew,
    )
}

/** Makes the data folder when there is none. It is made beside its place and renamed, so that a cut leaves nothing behind. */
export const ensureDataFolder = async (binaries: Binaries, folder: string, env: NodeJS.ProcessEnv): Promise<void> => {
  const files = await readdir(folder).catch((): string[] => [])
  if (files.length === 0) await initialise(binaries, folder, env)
  else await check(folder)
}

/** Removes the lock file of a server that was killed; its pid may meanwhile belong to another program. */
export const removeStaleLock = async (folder: string): Promise<void> => {
  const lock = join(folder, 'postmaster.pid')
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0])
  if (!(pid > 0)) return
  if (commandLineOf(pid).includes(folder))
    throw new Trouble(`PostgreSQL (process ${pid}) still runs on ${folder}.`, `Stop it first: kill -INT ${pid}`)
  await rm(lock, { force: true })
}
