import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import * as E from 'fp-ts/Either'
import type { BlobStore, BlobStoreUnavailable } from './blob-store'
import { isKey, sha256Of } from './sha256'

export type S3Place = {
  readonly bucket: string
  /** Folder inside the bucket, '' for none. */
  readonly prefix: string
  readonly endpoint: string | undefined
  readonly region: string
  /** Undefined: as the AWS SDK finds them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
}

const unavailable = (error: unknown): BlobStoreUnavailable => ({
  _tag: 'BlobStoreUnavailable',
  reason: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
})

const isAbsent = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')

// newer checksums would be framed into the body by servers that do not know them
const clientOf = ({ endpoint, region, credentials }: S3Place): S3Client =>
  new S3Client({
    region,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    maxAttempts: 3,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  })

/** Objects named by the SHA-256 of their bytes. */
export const s3BlobStore = (place: S3Place): BlobStore => {
  const client = clientOf(place)
  const objectOf = (sha256: string) => ({
    Bucket: place.bucket,
    Key: [place.prefix, sha256.slice(0, 2), sha256].filter((part) => part !== '').join('/'),
  })
  const isThere = async (sha256: string, size: number): Promise<boolean> => {
    try {
      return (await client.send(new HeadObjectCommand(objectOf(sha256)))).ContentLength === size
    } catch (error) {
      if (isAbsent(error)) return false
      throw error
    }
  }
  return {
    put: (bytes) => async () => {
      const sha256 = sha256Of(bytes)
      try {
        if (!(await isThere(sha256, bytes.length)))
          await client.send(
            new PutObjectCommand({ ...objectOf(sha256), Body: bytes, ContentType: 'application/octet-stream' }),
          )
        return E.right({ sha256, size: bytes.length })
      } catch (error) {
        return E.left(unavailable(error))
      }
    },
    get: (sha256) => async () => {
      if (!isKey(sha256)) return E.left({ _tag: 'BlobNotFound', sha256 })
      try {
        const { Body } = await client.send(new GetObjectCommand(objectOf(sha256)))
        const bytes = await Body?.transformToByteArray()
        if (bytes === undefined || sha256Of(bytes) !== sha256) return E.left({ _tag: 'BlobNotFound', sha256 })
        return E.right(bytes)
      } catch (error) {
        return E.left(isAbsent(error) ? { _tag: 'BlobNotFound', sha256 } : unavailable(error))
      }
    },
    remove: (sha256) => async () => {
      if (!isKey(sha256)) return E.right(undefined)
      try {
        await client.send(new DeleteObjectCommand(objectOf(sha256)))
        return E.right(undefined)
      } catch (error) {
        return E.left(unavailable(error))
      }
    },
  }
}
