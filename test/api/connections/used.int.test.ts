import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ExecutionId } from '../../../src/domain/ids'
import { type ReviewSite, startReviewSite } from '../../support/review-site'
import { right } from '../../support/send'
import {
  as,
  at,
  bodyOf,
  contract,
  defineActive,
  documentNode,
  idOf,
  manual,
  triggerData,
  uploadDocx,
} from '../requests'
import { sharedSite } from '../shared-site'
import type { Site } from '../site'

describe('a connection that runs use', () => {
  let site: Site
  let works: ReviewSite
  let folder: string
  before(async () => {
    site = await sharedSite()
    works = await startReviewSite(site)
    folder = await mkdtemp(join(tmpdir(), 'docg-used-'))
  })
  after(async () => {
    await works.stop()
    await rm(folder, { recursive: true })
  })

  it('says what a run met, and that the next one got through', async () => {
    const admin = as(site, site.ours)
    const files = { name: 'Files', type: 'storage', config: { url: `file:${folder}` } }
    const id = idOf(await admin.post('/connections', files).expect(201))
    const template = idOf(await uploadDocx(admin, await contract()).expect(201))
    const archive = { node_type: 'storage', label: 'Archive', config: { connection_id: id, folder: 'contracts' } }
    const workflow = await defineActive(admin, [manual, documentNode(template), archive])
    const run = async () => {
      const started = await admin.post(`/workflows/${workflow}/executions`, { trigger_data: triggerData }).expect(201)
      await works.step(right(ExecutionId.decode(idOf(started))))
      return bodyOf(await admin.get(`/executions/${idOf(started)}?at_least=3`).expect(200))
    }
    const read = async () => await admin.get(`/connections/${id}`).expect(200)

    await writeFile(join(folder, 'contracts'), 'a file where the folder should be')
    await run()
    const broken = await read()
    expect(bodyOf(broken)).to.include({ status: 'error', revision: 1 })
    expect(at(broken, 'status_reason.code')).to.equal('delivery.destination_not_found')
    expect(bodyOf(await admin.post(`/connections/${id}/test`).expect(200))).to.include({ ok: true, status: 'active' })

    await run()
    expect(bodyOf(await read())).to.include({ status: 'error', revision: 3 })
    await rm(join(folder, 'contracts'))
    await run()
    expect(bodyOf(await read())).to.include({ status: 'active', status_reason: null, revision: 4 })
    await run()
    expect(bodyOf(await read()), 'nothing more to say').to.include({ revision: 4 })
    expect(await readdir(join(folder, 'contracts'))).to.deep.equal(['contract-123.docx'])
  }).timeout(60_000)
})
