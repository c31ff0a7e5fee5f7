import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { BlobStore } from '../../src/stores/blobs/blob-store'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** What every blob store promises. `damage` changes the stored bytes behind its back. */
export const blobStoreContract = (
  name: string,
  open: () => Promise<{ readonly store: BlobStore; readonly damage: (key: string) => Promise<void> }>,
) => {
  describe(`blob store: ${name}`, () => {
    it('gives back what was put, under the hash of the bytes', async () => {
      const { store } = await open()
      const bytes = randomBytes(100_000)
      expect(await store.put(bytes)()).to.deep.equal(E.right({ sha256: sha256(bytes), size: 100_000 }))
      const got = await store.get(sha256(bytes))()
      expect(E.isRight(got) && Buffer.from(got.right).equals(bytes)).to.equal(true)
    })

    it('keeps an empty file', async () => {
      const { store } = await open()
      await store.put(new Uint8Array())()
      const got = await store.get(sha256(new Uint8Array()))()
      expect(E.isRight(got) && got.right.length).to.equal(0)
    })

    it('takes the same bytes again, also by many at once', async () => {
      const { store } = await open()
      const bytes = randomBytes(1_000)
      const answers = await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)()))
      expect(answers.every(E.isRight)).to.equal(true)
      expect(E.isRight(await store.get(sha256(bytes))())).to.equal(true)
    })

    it('does not find what was never put, nor what is not a key', async () => {
      const { store } = await open()
      for (const key of ['0'.repeat(64), '../../etc/passwd', ''])
        expect(await store.get(key)()).to.deep.equal(E.left({ _tag: 'BlobNotFound', sha256: key }))
    })

    it('does not hand out damaged bytes', async () => {
      const { store, damage } = await open()
      const key = sha256(Buffer.from('whole'))
      await store.put(Buffer.from('whole'))()
      await damage(key)
      expect(await store.get(key)()).to.deep.equal(E.left({ _tag: 'BlobNotFound', sha256: key }))
    })
  })
}
