import { readFileSync, rmSync } from 'node:fs'
import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identityOf } from './process/identity'
import { Trouble } from './trouble'

const ownFolder = 'run'

type Holder = { readonly pid: number; readonly identity: string | undefined }

const holderOf = (lock: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

const isAlive = ({ pid, identity }: Holder) => identity !== undefined && identityOf(pid) === identity

/**
 * Makes the data folder ours alone; gives back how to let go of it. A lock left by a killed start is taken over. The lock appears
 * with its content (link is atomic), so that of two starts at once exactly one gets it.
 */
export const holdDataDir = async (dataDir: string): Promise<() => void> => {
  const files = await readdir(dataDir).catch((): string[] => [])
  if (files.length > 0 && !files.includes(ownFolder))
    throw new Trouble(
      `${dataDir} holds files that docg did not make.`,
      'Set DOCG_DATA_DIR to another folder, or empty this one.',
    )
  const lock = join(dataDir, ownFolder, 'lock')
  const mine = `${lock}.${process.pid}`
  try {
    // Others may pass (PostgreSQL runs as its own user) but not look.
    await mkdir(dataDir, { recursive: true, mode: 0o711 })
    await mkdir(join(dataDir, ownFolder), { recursive: true })
    await writeFile(mine, JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) }))
  } catch (error) {
    throw new Trouble(
      `${dataDir} cannot be used as a data folder (${codeOf(error)}).`,
      'Set DOCG_DATA_DIR to a folder that this user may write, or to one that does not exist yet.',
    )
  }
  try {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const taken = await link(mine, lock).then(
        () => true,
        () => false,
      )
      if (taken) {
        return () => {
          rmSync(lock, { force: true })
        }
      }
      const holder = holderOf(lock)
      if (holder !== undefined && isAlive(holder)) {
        throw new Trouble(
          `docg already runs on ${dataDir} (process ${holder.pid}).`,
          `Stop it first (Ctrl-C in its terminal, or kill ${holder.pid}), or set DOCG_DATA_DIR and the ports for a second one.`,
        )
      }
      await rm(lock, { force: true })
    }
    throw new Trouble(`Another start is just taking ${dataDir}.`, 'Look at the other terminal, or try again.')
  } finally {
    await rm(mine, { force: true })
  }
}

/** Deletes all data; the lock stays. Only for the holder. */
export const emptyDataDir = async (dataDir: string): Promise<void> => {
  for (const name of await readdir(dataDir))
    if (name !== ownFolder) await rm(join(dataDir, name), { recursive: true, force: true })
}
