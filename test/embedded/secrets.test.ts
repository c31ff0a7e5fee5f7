import { expect } from 'chai'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureSecrets } from '../../src/embedded/secrets'

describe('the secrets of an installation', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docg-secrets-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('are 32 random bytes, made once, for the eyes of the owner', async () => {
    const made = await ensureSecrets(folder)
    expect(Buffer.from(made.DOCG_SECRET_KEY, 'base64')).to.have.length(32)
    expect(await ensureSecrets(folder)).to.deep.equal(made)
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).to.equal(0o600)
  })

  it('are not made again over a damaged file', async () => {
    await writeFile(join(folder, 'secrets.json'), '{"DOCG_SEC')
    const outcome = await ensureSecrets(folder).catch(String)
    expect(outcome).to.include('damaged').and.include('--fresh')
  })
})
