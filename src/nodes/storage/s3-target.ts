import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import {
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { StorageSecret } from '../connections/storage/config'
import { allowedAddresses } from '../outgoing/address'
import { guardedLookup } from '../outgoing/guarded-lookup'
import type { OutgoingPolicy } from '../outgoing/policy'
import type { S3Destination } from './destination-url'
import { namesFor } from './folder'
import type { File, Target } from './target'

const clientOf = ({ endpoint, region }: S3Destination, secret: StorageSecret, policy: OutgoingPolicy): S3Client => {
  const lookup = guardedLookup(policy)
  return new S3Client({
    region,
    credentials: { accessKeyId: secret.access_key_id, secretAccessKey: secret.secret_access_key },
    // newer checksums would be framed into the body by servers that do not know them
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent({ lookup }),
      httpsAgent: new HttpsAgent({ lookup }),
    },
    maxAttempts: 2,
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href, forcePathStyle: true }),
  })
}

type Place = { readonly Bucket: string; readonly Key: string }

const statusOf = (error: unknown): number =>
  error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0

/** The hash that was stored with an object; undefined when there is none of that name. */
const storedHash = async (client: S3Client, place: Place): Promise<string | undefined> => {
  try {
    const { Metadata } = await client.send(new HeadObjectCommand(place))
    return Metadata?.['sha256'] ?? ''
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NotFound') return undefined
    throw error
  }
}

/** Whether the name now holds this file; only where none has it is it written. */
const takeName = async (client: S3Client, place: Place, file: File): Promise<boolean> => {
  const before = await storedHash(client, place)
  if (before !== undefined) return before === file.sha256
  try {
    await client.send(
      new PutObjectCommand({
        ...place,
        Body: file.bytes,
        ContentType: file.contentType,
        Metadata: { sha256: file.sha256 },
        IfNoneMatch: '*',
      }),
    )
    return true
  } catch (error) {
    if (statusOf(error) === 412) return (await storedHash(client, place)) === file.sha256
    throw error
  }
}

const probed = '.docg-probe'

/** Asks to replace a version that never was: who may not write is refused, nothing is written. What a server without conditions wrote is removed. */
const tryToWrite = async (client: S3Client, place: Place, abortSignal: AbortSignal): Promise<void> => {
  try {
    await client.send(new PutObjectCommand({ ...place, Body: Buffer.from('docg'), IfMatch: `"${'0'.repeat(32)}"` }), {
      abortSignal,
    })
  } catch (error) {
    if ([404, 409, 412, 501].includes(statusOf(error))) return
    throw error
  }
  await client.send(new DeleteObjectCommand(place), { abortSignal })
}

export const s3Target = (destination: S3Destination, secret: StorageSecret, policy: OutgoingPolicy): Target => {
  const { bucket, prefix, endpoint } = destination
  const using = async <A>(use: (client: S3Client) => Promise<A>): Promise<A> => {
    // a numeric host is not looked up by the socket
    if (endpoint !== undefined) await allowedAddresses(endpoint.hostname, policy)
    const client = clientOf(destination, secret, policy)
    try {
      return await use(client)
    } finally {
      client.destroy()
    }
  }
  return {
    write: (file) =>
      using(async (client) => {
        for (const name of namesFor(file.name, file.sha256)) {
          const Key = [prefix, ...file.folder, name].filter((part) => part !== '').join('/')
          if (await takeName(client, { Bucket: bucket, Key }, file)) return `s3://${bucket}/${Key}`
        }
        throw new Error(`every name for ${file.name} is taken`)
      }),
    probe: (signal) =>
      using(async (client) => {
        await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: signal })
        await tryToWrite(client, { Bucket: bucket, Key: prefix === '' ? probed : `${prefix}/${probed}` }, signal)
      }),
  }
}
