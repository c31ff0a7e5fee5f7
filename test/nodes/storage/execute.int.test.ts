import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { fileURLToPath } from 'node:url'
import type { Connection } from '../../../src/domain/connection'
import type { StepResult, StepStop } from '../../../src/nodes/steps/step-run'
import { docxEngine, type DocxEngine } from '../../../src/nodes/template-inspection'
import { docxText, templateDocx } from '../../support/docx'
import {
  connectionId,
  connectionOf,
  organizationId,
  startNodeRun,
  templateId,
  type World,
} from '../../support/node-run'
import { s3Credentials, type S3Server, startS3 } from '../../support/s3'

const ok = (result: E.Either<StepStop, StepResult>): StepResult => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}
const locationsOf = ({ personal }: StepResult) => personal['locations'] as ReadonlyArray<string>

describe('the storage step', () => {
  let docx: DocxEngine
  let root = ''
  let template = new Uint8Array()
  before(async () => {
    docx = docxEngine()
    template = new Uint8Array(await templateDocx('Hello {{name}}'))
  })
  after(() => docx.close())
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'docg-archive-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const given = async (connection: Connection, world: Partial<World> = {}, name = 'contract') => {
    const run = await startNodeRun(docx, {
      nodes: [
        { node_type: 'manual', config: {} },
        {
          node_type: 'uploaded-document',
          label: 'Contract',
          config: { template_id: templateId, output_name_template: name },
        },
        {
          node_type: 'storage',
          label: 'Archive',
          config: { connection_id: connectionId, folder: 'contracts/{{trigger.id}}' },
        },
      ],
      trigger: { id: 7, name: 'Ana' },
      templates: [template],
      connection,
      ...world,
    })
    ok(await run.step(1))
    ok(await run.step(2))
    return run
  }
  const inFolder = () => connectionOf('storage', { url: `file:${root}` })

  it('writes the document into the folder, once', async () => {
    const run = await given(inFolder())
    const result = ok(await run.step(3))
    const [location = ''] = locationsOf(result)
    expect(location).to.match(/\/contracts\/7\/contract\.docx$/)
    expect(docxText(await readFile(fileURLToPath(location)))).to.equal('Hello Ana')
    expect(ok(await run.step(3))).to.deep.equal(result)
    expect(await readdir(join(root, 'contracts/7'))).to.deep.equal(['contract.docx'])
    await run.end()
  })

  it('writes the same again without harm after a crash before the receipt', async () => {
    const run = await given(inFolder())
    const cut = await run.step(3, (step) => ({
      ...step,
      once: (intention, act) =>
        step.once(intention, () => act().then(() => E.left({ _tag: 'Unavailable', reason: 'killed' }))),
    }))
    expect(E.isLeft(cut)).to.equal(true)
    ok(await run.step(3))
    expect(await readdir(join(root, 'contracts/7'))).to.deep.equal(['contract.docx'])
    await run.end()
  })

  it('never overwrites another file of the same name', async () => {
    await mkdir(join(root, 'contracts/7'), { recursive: true })
    await writeFile(join(root, 'contracts/7/contract.docx'), 'mine')
    const run = await given(inFolder())
    ok(await run.step(3))
    const names = await readdir(join(root, 'contracts/7'))
    expect(names).to.have.length(2)
    expect(names[0]).to.match(/^contract-[0-9a-f]{12}\.docx$/)
    expect(await readFile(join(root, 'contracts/7/contract.docx'), 'utf8')).to.equal('mine')
    await run.end()
  })

  it('stays under the configured root, in a folder of the organization', async () => {
    const run = await given(connectionOf('storage', { url: 'file:./mine' }), { policy: { fileRoot: root } })
    ok(await run.step(3))
    expect(await readdir(join(root, organizationId, 'mine/contracts/7'))).to.deep.equal(['contract.docx'])
    await run.end()
  })

  const stops: ReadonlyArray<readonly [string, string, () => Promise<readonly [Connection, Partial<World>]>]> = [
    [
      'a folder outside the configured root',
      'permissions.address_not_allowed',
      () => Promise.resolve([connectionOf('storage', { url: `file:${tmpdir()}` }), { policy: { fileRoot: root } }]),
    ],
    [
      'a folder where no root is configured',
      'permissions.address_not_allowed',
      () => Promise.resolve([inFolder(), { policy: { allowPrivateAddresses: false } }]),
    ],
    [
      'a link that leads out',
      'permissions.address_not_allowed',
      async () => {
        await symlink(tmpdir(), join(root, 'contracts'))
        return [inFolder(), {}]
      },
    ],
    [
      'a file where a folder should be',
      'delivery.destination_not_found',
      async () => {
        await writeFile(join(root, 'contracts'), '')
        return [inFolder(), {}]
      },
    ],
    [
      'a value that climbs',
      'data.invalid_format',
      () => Promise.resolve([inFolder(), { trigger: { id: '../../../etc', name: 'Ana' } }]),
    ],
    [
      'a bucket without a key',
      'permissions.connection_missing',
      () => Promise.resolve([connectionOf('storage', { url: 's3://bucket' }), {}]),
    ],
    [
      'a private endpoint',
      'permissions.address_not_allowed',
      () =>
        Promise.resolve([
          connectionOf('storage', { url: 's3://bucket?endpoint=http://169.254.169.254' }),
          { secret: { access_key_id: 'a', secret_access_key: 'b' }, policy: { allowPrivateAddresses: false } },
        ]),
    ],
  ]
  for (const [what, code, world] of stops)
    it(`ends for good on ${what}`, async () => {
      const run = await given(...(await world()))
      expect(await run.step(3)).to.nested.include({
        'left._tag': 'StepFault',
        'left.retryable': false,
        'left.fault.code': code,
      })
      await run.end()
    })

  it('ends where no folder can be made, too', async () => {
    const run = await given(connectionOf('storage', { url: 'file:/proc/docg/archive' }), {})
    expect(await run.step(3)).to.nested.include({ 'left._tag': 'StepFault' })
    await run.end()
  })

  it('waits when the file store is away', async () => {
    const run = await given(inFolder())
    const stop = await run.step(3, (step) => ({
      ...step,
      blobs: { ...step.blobs, get: () => TE.left({ _tag: 'BlobStoreUnavailable', reason: 'gone' }) },
    }))
    expect(stop).to.deep.equal(E.left({ _tag: 'Unavailable', reason: 'gone' }))
    await run.end()
  })

  describe('into S3', () => {
    let server: S3Server
    before(async () => {
      server = await startS3('archive')
    })
    after(() => server.stop())
    const secret = { access_key_id: s3Credentials.accessKeyId, secret_access_key: s3Credentials.secretAccessKey }
    const inBucket = (bucket: string) =>
      connectionOf('storage', { url: `s3://${bucket}/docs?endpoint=${server.endpoint}` })

    it('writes the document, once, and another of its name beside it', async () => {
      const locations: Array<string> = []
      for (const name of ['Ana', 'Ana', 'Bia']) {
        const run = await given(inBucket('archive'), { secret, trigger: { id: 7, name } })
        locations.push(...locationsOf(ok(await run.step(3))))
        await run.end()
      }
      expect(locations[0]).to.equal('s3://archive/docs/contracts/7/contract.docx')
      expect(locations[1]).to.equal(locations[0])
      expect(locations[2]).to.match(/contract-[0-9a-f]{12}\.docx$/)
      const objects = (await readdir(server.folder, { recursive: true })).filter((name) => name.endsWith('_object'))
      expect(objects).to.have.length(2)
    })

    it('ends for good without the bucket or the right, telling no key', async () => {
      const run = await given(inBucket('elsewhere'), { secret })
      expect(await run.step(3)).to.nested.include({
        'left.retryable': false,
        'left.fault.code': 'delivery.destination_not_found',
      })
      await run.end()
      const denied = await given(inBucket('archive'), {
        secret: { access_key_id: 'stranger', secret_access_key: 'wrongwrong' },
      })
      const stop = await denied.step(3)
      expect(stop).to.nested.include({ 'left.retryable': false, 'left.fault.code': 'delivery.storage_write_denied' })
      expect(JSON.stringify(stop)).to.not.include('wrongwrong')
      await denied.end()
    })

    it('tries again when nothing answers', async () => {
      const run = await given(connectionOf('storage', { url: 's3://archive?endpoint=http://127.0.0.1:1' }), { secret })
      expect(await run.step(3)).to.nested.include({ 'left.retryable': true, 'left.fault.code': 'service_unavailable' })
      await run.end()
    })
  })
})
