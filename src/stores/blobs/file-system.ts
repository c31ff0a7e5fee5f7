import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/Either'
import type { BlobStore, BlobStoreUnavailable } from './blob-store'
import { isKey, sha256Of } from './sha256'

const unavailable = (error: unknown): BlobStoreUnavailable => ({
  _tag: 'BlobStoreUnavailable',
  reason: error instanceof Error ? error.message : 'unknown',
})

const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeTemporary = async (file: string, bytes: Uint8Array): Promise<void> => {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Whole or not at all under its name. */
const writeWhole = async (target: string, bytes: Uint8Array): Promise<void> => {
  const folder = dirname(target)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  try {
    await writeTemporary(temporary, bytes)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

const readIntact = async (file: string, sha256: string): Promise<Uint8Array | undefined> => {
  try {
    const bytes = await readFile(file)
    return sha256Of(bytes) === sha256 ? bytes : undefined
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** Files under `root`, in folders by the first four digits of their key. A damaged file counts as absent and is written anew by the next put. */
export const fileSystemBlobStore = (root: string): BlobStore => {
  const place = (sha256: string): string => join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  return {
    put: (bytes) => async () => {
      const sha256 = sha256Of(bytes)
      try {
        if ((await readIntact(place(sha256), sha256)) === undefined) await writeWhole(place(sha256), bytes)
        // another writer may have been cut off before this
        for (const up of ['.', '..', '../..']) await syncFolder(join(dirname(place(sha256)), up))
        return E.right({ sha256, size: bytes.length })
      } catch (error) {
        return E.left(unavailable(error))
      }
    },
    get: (sha256) => async () => {
      if (!isKey(sha256)) return E.left({ _tag: 'BlobNotFound', sha256 })
      try {
        const bytes = await readIntact(place(sha256), sha256)
        return bytes === undefined ? E.left({ _tag: 'BlobNotFound', sha256 }) : E.right(bytes)
      } catch (error) {
        return E.left(unavailable(error))
      }
    },
    remove: (sha256) => async () => {
      if (!isKey(sha256)) return E.right(undefined)
      try {
        await rm(place(sha256), { force: true })
        return E.right(undefined)
      } catch (error) {
        return E.left(unavailable(error))
      }
    },
  }
}
