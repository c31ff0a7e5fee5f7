import { expect } from 'chai'
import { as, at, type Body, bodyOf, contract, idOf, manual, uploadDocx } from './requests'
import { templateDocx } from '../support/docx'
import { sharedSite } from './shared-site'
import type { Site } from './site'
import request from 'supertest'

describe('requests for what runs are made of', () => {
  let site: Site
  before(async () => {
    site = await sharedSite()
  })

  it('keep templates in versions, with the tags found in them', async () => {
    const client = as(site, site.ours)
    const uploaded = await uploadDocx(client, await contract(), 'Contrato', 'Ação.docx').expect(201)
    expect(bodyOf(uploaded)).to.deep.include({
      version: 1,
      name: 'Contrato',
      file_name: 'Ação.docx',
      tags: [
        { path: 'client.name', loops: [] },
        { path: 'title', loops: ['items'] },
      ],
      loops: [{ path: 'items', loops: [], inverted: false }],
      errors: [],
      warnings: [],
    })
    const id = idOf(uploaded)
    const other = Buffer.from(await templateDocx('{{other}}'))
    const send = (ifMatch: string) =>
      client.send('post', `/templates/${id}/versions`).set('If-Match', ifMatch).attach('file', other, 'v2.docx')
    await send('"7"').expect(412)
    await send('7').expect(400)
    const add = () => client.send('post', `/templates/${id}/versions`).attach('file', other, 'v2.docx').expect(201)
    const version = await add()
    expect(bodyOf(await add())['version'], 'the same bytes make no new version').to.equal(2)
    expect(bodyOf(version)).to.deep.include({ id, version: 2, tags: [{ path: 'other', loops: [] }] })
    expect(bodyOf(await client.get(`/templates/${id}/tags`).expect(200))).to.deep.include({
      tags: [{ path: 'other', loops: [] }],
    })
    const one = await client.get(`/templates/${id}`).expect(200)
    expect(bodyOf(one)).to.include({ version: 2, file_name: 'v2.docx', revision: 1 })
    const then = `at_least_position=${String(bodyOf(version)['position'])}`
    const versions = await client.get(`/templates/${id}/versions?${then}`).expect(200)
    expect(
      (bodyOf(versions)['versions'] as Body[]).map(({ version, file_name }) => [version, file_name]),
    ).to.deep.equal([
      [2, 'v2.docx'],
      [1, 'Ação.docx'],
    ])
    const list = await client.get(`/templates?${then}`).expect(200)
    expect(at(list, 'templates.0')).to.include({ id })
  })

  it('keep workflows in versions, each on top of the one that was read', async () => {
    const client = as(site, site.ours)
    const made = await client.post('/workflows', { name: 'One', nodes: [manual] }).expect(201)
    expect(bodyOf(made)).to.include({ version: 1, status: 'draft', name: 'One', revision: 0 })
    const id = idOf(made)
    const put = (etag?: string) => {
      const sent = client.send('put', `/workflows/${id}`)
      return (etag === undefined ? sent : sent.set('If-Match', etag)).send({ name: 'Two', nodes: [manual] })
    }
    expect(bodyOf(await put().expect(428))).to.include({ code: 'precondition_required' })
    const second = await put('"0"').expect(200)
    expect(bodyOf(second)).to.include({ version: 2, name: 'Two', revision: 1 })
    expect(second.headers['etag']).to.equal('"1"')
    const stale = await put('"0"').expect(412)
    expect(bodyOf(stale)).to.deep.include({ code: 'precondition_failed', params: { actual: '1' } })
    expect(bodyOf(await put('"x"').expect(400))).to.include({ code: 'bad_request' })
    const read = await client.get(`/workflows/${id}`).expect(200)
    expect(bodyOf(read)).to.include({ version: 2, name: 'Two', revision: 1 })
    await client.get(`/workflows/${id}`).set('If-None-Match', '"1"').expect(304)
    await client.post(`/workflows/${id}/activate`).set('If-Match', '"0"').expect(412)
    expect(bodyOf(await client.post(`/workflows/${id}/activate`).expect(200))).to.include({
      status: 'active',
      revision: 2,
    })
    expect(bodyOf(await client.post(`/workflows/${id}/archive`).expect(200))).to.include({ status: 'archived' })
    expect(bodyOf(await client.post(`/workflows/${id}/activate`).expect(409))).to.include({ code: 'workflow_archived' })
  })

  it('take as many values through a webhook as through any other door, those that are mapped counted again', async () => {
    const admin = as(site, site.ours)
    const field_mapping = { first: 'list', second: 'list' }
    const nodes = [{ node_type: 'webhook', label: 'In', config: { field_mapping } }]
    const made = await admin.post('/workflows', { name: 'Wide', nodes }).expect(201)
    await admin.post(`/workflows/${idOf(made)}/activate`).expect(200)
    const call = (length: number) =>
      request(site.app)
        .post(String(bodyOf(made)['webhook_url']))
        .send({ list: Array.from({ length }, () => 1) })
    for (const length of [20_000, 7_000])
      expect(bodyOf(await call(length).expect(413))).to.include({ code: 'too_many_values' })
    await call(6_000).expect(202)
  })

  it('start a run through a webhook, whose address is shown once', async () => {
    const admin = as(site, site.ours)
    const body = {
      name: 'Hook',
      nodes: [{ node_type: 'webhook', label: 'In', config: { field_mapping: { deal_id: 'deal.id' } } }],
    }
    const made = await admin.post('/workflows', body, 'hook-key').expect(201)
    const url = String(bodyOf(made)['webhook_url'])
    expect(url).to.match(new RegExp(`^/api/v1/webhooks/${idOf(made)}/[A-Za-z0-9_-]{43}$`))
    expect(bodyOf(await admin.post('/workflows', body, 'hook-key').expect(201))).to.deep.equal(bodyOf(made))
    expect(bodyOf(await admin.get(`/workflows/${idOf(made)}`))).to.not.have.property('webhook_url')
    const call = (path: string, id = 'evt_1') =>
      request(site.app)
        .post(path)
        .set('webhook-id', id)
        .send({ deal: { id: '9' } })
    expect(bodyOf(await call(url).expect(409))).to.include({ code: 'workflow_not_active' })
    await admin.post(`/workflows/${idOf(made)}/activate`).expect(200)
    const started = await call(url).expect(202)
    expect(bodyOf(await call(url).expect(202))).to.deep.equal(bodyOf(started))
    expect(idOf(await call(url, 'evt_2').expect(202))).to.not.equal(idOf(started))
    const other = await admin.post('/workflows', { ...body, name: 'Hook too' }).expect(201)
    await admin.post(`/workflows/${idOf(other)}/activate`).expect(200)
    expect(idOf(await call(String(bodyOf(other)['webhook_url'])).expect(202))).to.not.equal(idOf(started))
    const run = await admin.get(`/executions/${idOf(started)}`).expect(200)
    expect(bodyOf(run)).to.include({ trigger_type: 'webhook' })
    const audit = await admin.get(`/executions/${idOf(started)}/audit?at_least=0`).expect(200)
    expect(at(audit, 'events.0')).to.include({ actor_type: 'webhook' })

    const wrong = [
      url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A'),
      `${url}x`,
      url.replace(idOf(made), site.ours.id),
      url.replace(idOf(made), 'x'),
    ]
    for (const path of wrong) expect(bodyOf(await call(path).expect(404)), path).to.include({ code: 'not_found' })
    expect((await request(site.app).get(url).expect(405)).headers['allow']).to.equal('POST, OPTIONS')
    expect(site.logged()).to.not.include(url.split('/').at(-1))
    await call(url).send('[]').set('Content-Type', 'application/json').expect(400)
  })

  it('try a connection', async () => {
    const admin = as(site, site.ours)
    const made = await admin
      .post('/connections', {
        name: 'Mail',
        type: 'smtp',
        config: { host: '127.0.0.1', port: 1, from: 'docs@example.com' },
        secret: { user: 'u', password: 'hunter2-secret' },
      })
      .expect(201)
    expect(bodyOf(made)).to.include({ name: 'Mail', type: 'smtp', status: 'active' })
    const answers = [
      made,
      await admin.get(`/connections/${idOf(made)}`).expect(200),
      await admin.get(`/connections?at_least_position=${String(bodyOf(made)['position'])}`).expect(200),
    ]
    expect(JSON.stringify(answers.map(({ body }) => body as unknown))).to.not.include('hunter2')
    expect(site.logged()).to.not.include('hunter2')
    const tried = await admin.post(`/connections/${idOf(made)}/test`).expect(200)
    expect(bodyOf(tried)).to.include({ ok: false })
    expect(at(tried, 'issues.0')).to.include({ code: 'delivery.smtp_unreachable' })
  })
})
