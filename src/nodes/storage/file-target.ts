import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addressNotAllowed } from '../outgoing/address'
import type { FileDestination } from './destination-url'
import { namesFor } from './folder'
import type { File, Target } from './target'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const isInside = (folder: string, root: string): boolean => {
  const path = relative(root, folder)
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path))
}

export type Root = { readonly under: string } | 'anywhere' | 'nowhere'

/** With a root, everything lies under it; a relative destination is relative to it. */
const rootOf = ({ folder }: FileDestination, root: Root): string => {
  if (root === 'nowhere') throw addressNotAllowed('folders may not be written: there is no root for them')
  if (root === 'anywhere') return resolve(folder)
  const path = resolve(root.under, folder)
  if (!isInside(path, resolve(root.under))) throw addressNotAllowed(`${path} is not under ${root.under}`)
  return path
}

const make = (path: string): Promise<void> =>
  mkdir(path, { mode: 0o750 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })

/** With the folders above it, each tried once: Node 20 never ends making them where none can be made, as in `/proc`. */
const makeWithParents = async (path: string): Promise<void> => {
  try {
    await make(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeWithParents(dirname(path))
    await make(path)
  }
}

/** The folder, made when absent; a link on the way may not lead out of the root. */
const openFolder = async (root: string, folder: ReadonlyArray<string>): Promise<string> => {
  await makeWithParents(root)
  const top = await realpath(root)
  let path = top
  for (const segment of folder) {
    path = join(path, segment)
    await make(path)
    if (!isInside(await realpath(path), top)) throw addressNotAllowed(`${path} leads out of ${top}`)
  }
  return path
}

const synced = async (path: string, flags: string, bytes?: Uint8Array): Promise<void> => {
  const handle = await open(path, flags, 0o640)
  try {
    if (bytes !== undefined) await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const sha256Of = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

/** Whether the name now holds these bytes; a link, unlike a rename, fails where another file has the name. */
const takeName = async (temporary: string, path: string, sha256: string): Promise<boolean> => {
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return (await sha256Of(path).catch(() => '')) === sha256
  }
}

const writeInto = async (folder: string, { name, sha256, bytes }: File): Promise<string> => {
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  try {
    await synced(temporary, 'wx', bytes)
    for (const each of namesFor(name, sha256)) {
      const path = join(folder, each)
      if (await takeName(temporary, path, sha256)) {
        await synced(folder, 'r')
        return path
      }
    }
  } finally {
    await rm(temporary, { force: true })
  }
  throw new Error(`every name for ${name} is taken`)
}

/** Where the destination is, or would be made. */
const nearestFolder = async (path: string): Promise<string> => {
  try {
    if ((await stat(path)).isDirectory()) return path
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    return nearestFolder(dirname(path))
  }
  throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' })
}

/** Some bytes that have no name any more before they are written: a full disk is seen, and nothing stays even when the process dies. */
const tryToWrite = async (folder: string): Promise<void> => {
  const path = join(folder, `.${randomUUID()}.tmp`)
  const handle = await open(path, 'wx', 0o640)
  try {
    await rm(path, { force: true })
    await handle.writeFile(new Uint8Array(4_096))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const fileTarget = (destination: FileDestination, root: Root): Target => ({
  write: async (file) =>
    pathToFileURL(await writeInto(await openFolder(rootOf(destination, root), file.folder), file)).href,
  probe: async () => {
    await tryToWrite(await nearestFolder(rootOf(destination, root)))
  },
})
