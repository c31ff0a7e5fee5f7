import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { blobStoreFromUrl } from '../../../src/stores/blobs/from-url'

describe('blob store from a URL', () => {
  it('keeps files in the folder of a file: URL', async () => {
    const root = await mkdtemp(join(tmpdir(), 'docg-url-'))
    try {
      const store = blobStoreFromUrl(`file:${root}`)
      if (E.isLeft(store)) throw new Error(store.left)
      await store.right.put(Buffer.from('x'))()
      expect(await readdir(root)).to.have.length(1)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })

  it('takes relative folders and buckets', () => {
    for (const url of [
      'file:./.data/blobs',
      's3://bucket',
      's3://bucket/docs?endpoint=http://127.0.0.1:9000&region=eu',
    ])
      expect(E.isRight(blobStoreFromUrl(url)), url).to.equal(true)
  })

  it('refuses anything else, saying what is expected', () => {
    for (const url of ['', 'blobs', 'file:blobs', 'http://bucket', 's3:bucket'])
      expect(blobStoreFromUrl(url), url).to.nested.include({ _tag: 'Left' })
  })
})
