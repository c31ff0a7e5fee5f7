import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'

export type S3Server = { readonly endpoint: string; readonly folder: string; readonly stop: () => Promise<void> }

export const s3Credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

/** A local S3 server with these buckets. */
export const startS3 = async (...buckets: ReadonlyArray<string>): Promise<S3Server> => {
  const folder = await mkdtemp(join(tmpdir(), 'docg-s3-'))
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: buckets.map((name) => ({ name, configs: [] })),
  })
  const { port } = await new Promise<AddressInfo>((resolve, reject) => {
    void server.run((error, address) => (error ? reject(error) : resolve(address)))
  })
  return {
    endpoint: `http://127.0.0.1:${port}`,
    folder,
    stop: async () => {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
