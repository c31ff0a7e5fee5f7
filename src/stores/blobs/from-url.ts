import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/Either'
import type { BlobStore } from './blob-store'
import { fileSystemBlobStore } from './file-system'
import { s3BlobStore, type S3Place } from './s3'

const shape = 'must be file:/folder, file:./folder or s3://bucket/prefix?endpoint=…&region=…'

const folderOf = (url: string): string | undefined => {
  const rest = url.slice('file:'.length)
  if (rest.startsWith('./') || rest.startsWith('../')) return resolve(rest)
  return rest.startsWith('/') ? fileURLToPath(url) : undefined
}

const s3Of = (url: URL, credentials: S3Place['credentials']): S3Place => ({
  bucket: url.hostname,
  prefix: url.pathname
    .split('/')
    .filter((part) => part !== '')
    .join('/'),
  endpoint: url.searchParams.get('endpoint') ?? undefined,
  region: url.searchParams.get('region') ?? 'us-east-1',
  credentials,
})

/** The store that BLOB_URL names. Credentials of S3 come with it, or are found by the AWS SDK in its own way. */
export const blobStoreFromUrl = (url: string, credentials?: S3Place['credentials']): E.Either<string, BlobStore> => {
  try {
    if (url.startsWith('file:')) {
      const folder = folderOf(url)
      return folder === undefined ? E.left(shape) : E.right(fileSystemBlobStore(folder))
    }
    const parsed = new URL(url)
    return parsed.protocol === 's3:' && parsed.hostname !== ''
      ? E.right(s3BlobStore(s3Of(parsed, credentials)))
      : E.left(shape)
  } catch {
    return E.left(shape)
  }
}
