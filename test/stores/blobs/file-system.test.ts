import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { fileSystemBlobStore } from '../../../src/stores/blobs/file-system'
import { blobStoreContract } from '../../contract/blob-store'

const fileOf = (root: string, key: string) => join(root, key.slice(0, 2), key.slice(2, 4), key)

describe('file system', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'docg-blobs-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  blobStoreContract('file system', () =>
    Promise.resolve({
      store: fileSystemBlobStore(join(root, 'made/when/needed')),
      damage: (key) => writeFile(fileOf(join(root, 'made/when/needed'), key), 'torn'),
    }),
  )

  it('mends a damaged file with the next put', async () => {
    const store = fileSystemBlobStore(root)
    const put = await store.put(Buffer.from('whole'))()
    const key = E.isRight(put) ? put.right.sha256 : ''
    await writeFile(fileOf(root, key), 'torn')
    await store.put(Buffer.from('whole'))()
    const got = await store.get(key)()
    expect(E.isRight(got) && Buffer.from(got.right).toString()).to.equal('whole')
  })

  it('leaves no temporary files', async () => {
    const store = fileSystemBlobStore(root)
    await Promise.all([1, 2, 3, 4].map(() => store.put(Buffer.from('same'))()))
    const files = await readdir(root, { recursive: true })
    expect(files.filter((name) => name.endsWith('.tmp'))).to.deep.equal([])
  })

  it('says why when the place is not usable', async () => {
    await writeFile(join(root, 'file'), '')
    const put = await fileSystemBlobStore(join(root, 'file')).put(Buffer.from('x'))()
    expect(put).to.nested.include({ _tag: 'Left', 'left._tag': 'BlobStoreUnavailable' })
  })
})
