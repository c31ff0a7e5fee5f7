import { expect } from 'chai'
import { createHash, randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { attachedTemplate, chart, officeFile, webExtension } from '../nodes/uploaded-document/docx/office-files'
import { inspect } from '../../src/nodes/uploaded-document/docx/inspect'
import { valueOf } from '../nodes/uploaded-document/docx/results'
import {
  as,
  at,
  type Body,
  bodyOf,
  type Client,
  defineActive,
  documentNode,
  idOf,
  manual,
  uploadDocx,
} from './requests'
import { templateDocx } from '../support/docx'
import { until } from '../support/until'
import { sharedSite } from './shared-site'
import type { Site } from './site'

const shaOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('templates of a real office', () => {
  let site: Site
  let client: Client
  let plain: Uint8Array
  let original: Buffer
  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
    plain = await templateDocx('Dear {{name}}')
    original = await officeFile([attachedTemplate(), webExtension(), chart()], plain)
  })

  const warnings = (answer: { readonly body: unknown }) =>
    (at(answer, 'warnings') as ReadonlyArray<Body>).map(({ code, params }) => [code, params])
  const removed = ['attached_template', 'web_extension', 'chart_workbook'].map((feature) => [
    'template.content_removed',
    { feature },
  ])

  it('are taken, and the answer says what was taken out, in the language of the reader', async () => {
    const uploaded = await uploadDocx(client, original, 'Letter').set('Accept-Language', 'en').expect(201)
    expect(warnings(uploaded)).to.deep.equal(removed)
    expect(at(uploaded, 'warnings.2.message_human')).to.equal(
      'Taken out of the template, as documents do not need it: the workbook behind charts, which keep the values that they show',
    )
    expect(at(uploaded, 'original_sha256')).to.equal(shaOf(original))
    expect(at(uploaded, 'tags')).to.deep.equal([{ path: 'name', loops: [] }])
    const shown = await client
      .get(`/templates/${idOf(uploaded)}`)
      .set('Accept-Language', 'pt-BR')
      .expect(200)
    expect(warnings(shown)).to.deep.equal(removed)
    expect(at(shown, 'warnings.0.message_human')).to.equal(
      'Retiramos do modelo o que os documentos não precisam: o vínculo com o modelo em que ele se baseia',
    )
  })

  it('are stored as they were cleaned, not as they came', async () => {
    const uploaded = await uploadDocx(client, original).expect(201)
    const stored = await site.blobs.get(String(at(uploaded, 'sha256')))()
    if (E.isLeft(stored)) throw new Error(stored.left._tag)
    expect([stored.right.length, shaOf(stored.right)]).to.deep.equal([at(uploaded, 'size'), at(uploaded, 'sha256')])
    expect(valueOf(inspect(stored.right)).cleaned).to.equal(undefined)
    expect(E.isLeft(await site.blobs.get(shaOf(original))())).to.equal(true)
  })

  it('answer the same when the same original comes again', async () => {
    const key = randomUUID()
    const upload = (file = original) => uploadDocx(client, file).set('Idempotency-Key', key)
    const first = bodyOf(await upload().expect(201))
    expect(bodyOf(await upload().expect(201))).to.deep.equal(first)
    const other = await officeFile([attachedTemplate('rId9'), webExtension(), chart()], plain)
    expect(at(await uploadDocx(client, other).expect(201), 'sha256'), 'the same is left of it').to.equal(
      first['sha256'],
    )
    expect(bodyOf(await upload(other).expect(422))).to.include({ code: 'idempotency_key_reused' })
    const add = () =>
      client.send('post', `/templates/${String(first['id'])}/versions`).attach('file', original, 'contract.docx')
    const again = await add().expect(201)
    expect(bodyOf(again)).to.include({ version: 1, sha256: first['sha256'], original_sha256: shaOf(original) })
    expect(warnings(again)).to.deep.equal(removed)
  })

  it('warn before a run, which they do not keep from starting', async () => {
    const workflow = await defineActive(client, [
      manual,
      documentNode(idOf(await uploadDocx(client, original).expect(201))),
    ])
    const trigger_data = { deal_id: '1', name: 'Ana' }
    const verdict = await client.post(`/workflows/${workflow}/preflight`, { trigger_data }).expect(200)
    expect(at(verdict, 'can_execute')).to.equal(true)
    expect((at(verdict, 'warnings') as ReadonlyArray<Body>).map(({ code }) => code)).to.deep.equal(
      removed.map(([code]) => code),
    )
    expect((at(verdict, 'recommended_actions') as ReadonlyArray<Body>).map(({ action }) => action)).to.deep.equal([
      'review_template',
    ])
    await client.post(`/workflows/${workflow}/executions`, { trigger_data }).expect(201)
  })

  it('are audited with the file that came', async () => {
    const uploaded = await uploadDocx(client, original).expect(201)
    const rows = (): Promise<ReadonlyArray<{ readonly event_metadata: Body }>> =>
      site.knex('audit_events').where({ target_id: idOf(uploaded) })
    await until(async () => (await rows()).length > 0)
    expect((await rows()).map(({ event_metadata }) => event_metadata['original_sha256'])).to.deep.equal([
      shaOf(original),
    ])
  })
})
