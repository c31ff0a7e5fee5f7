import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { s3BlobStore, type S3Place } from '../../../src/stores/blobs/s3'
import { blobStoreContract } from '../../contract/blob-store'
import { s3Credentials, type S3Server, startS3 } from '../../support/s3'

describe('S3', () => {
  let server: S3Server
  before(async () => {
    server = await startS3('blobs')
  })
  after(() => server.stop())

  const place = (): S3Place => ({
    bucket: 'blobs',
    prefix: 'docs',
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: s3Credentials,
  })

  blobStoreContract('S3', () =>
    Promise.resolve({
      store: s3BlobStore(place()),
      damage: async (key) => {
        const names = await readdir(server.folder, { recursive: true })
        const object = names.find((name) => name.includes(key) && name.endsWith('_object'))
        await writeFile(join(server.folder, object ?? ''), 'torn!')
      },
    }),
  )

  it('tells an absent bucket or server from an absent file', async () => {
    const key = '0'.repeat(64)
    for (const other of [{ bucket: 'elsewhere' }, { endpoint: 'http://127.0.0.1:1' }])
      expect(await s3BlobStore({ ...place(), ...other }).get(key)()).to.nested.include({
        'left._tag': 'BlobStoreUnavailable',
      })
  })
})
