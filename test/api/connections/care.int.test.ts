import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { ConnectionId } from '../../../src/domain/ids'
import { s3Credentials, startS3 } from '../../support/s3'
import { startMailserver } from '../../support/smtp'
import { until } from '../../support/until'
import { as, at, type Body, bodyOf, type Client, defineActive, idOf, manual } from '../requests'
import { sharedSite } from '../shared-site'
import type { Site } from '../site'

const config = { host: 'mail.example.com', port: 25, from: 'docs@example.com' }
const smtp = { name: 'Mail', type: 'smtp', config }

const mailNode = (connection_id: string) => ({
  node_type: 'email',
  label: 'Send',
  config: { connection_id, to: ['ana@example.com'], subject_template: 'Hello' },
})

/** Lets in whoever knows the password. */
const guarded = (password: () => string) =>
  startMailserver({
    authOptional: false,
    onAuth: (given, _, done) => {
      if (given.password === password()) done(null, { user: 'docs' })
      else done(Object.assign(new Error('no'), { responseCode: 535 }))
    },
  })

describe('connections that are looked after', () => {
  let site: Site
  let admin: Client
  before(async () => {
    site = await sharedSite()
    admin = as(site, site.ours)
  })

  const make = async (body: object): Promise<string> => idOf(await admin.post('/connections', body).expect(201))
  const put = (id: string, revision: number, body: object, client = admin) =>
    client.send('put', `/connections/${id}`).set('If-Match', `"${revision}"`).send(body)
  const remove = (id: string, client = admin) => client.send('delete', `/connections/${id}`)
  const read = async (id: string, client = admin) => bodyOf(await client.get(`/connections/${id}`).expect(200))
  const secretOf = async (id: string) => {
    const got = await site.secrets.get(site.ours.id, id as ConnectionId)()
    return E.isRight(got) && E.isRight(got.right) ? got.right.right : got
  }
  const listed = async (position: unknown, query = ''): Promise<ReadonlyArray<Body>> => {
    const answer = await admin.get(`/connections?at_least_position=${String(position)}${query}`).expect(200)
    return bodyOf(answer)['connections'] as ReadonlyArray<Body>
  }

  describe('are changed', () => {
    it('by whoever has read them, in name, configuration and secret', async () => {
      const id = await make({ ...smtp, secret: { user: 'u', password: 'first-secret' } })
      expect(bodyOf(await admin.send('put', `/connections/${id}`).send({ name: 'X' }).expect(428))).to.include({
        code: 'precondition_required',
      })
      const renamed = await put(id, 0, { name: 'Post' }).expect(200)
      expect(bodyOf(renamed)).to.deep.include({ id, name: 'Post', type: 'smtp', status: 'active', config, revision: 1 })
      expect(renamed.headers['etag']).to.equal('"1"')
      expect(await secretOf(id)).to.deep.equal({ user: 'u', password: 'first-secret' })
      expect(bodyOf(await put(id, 0, { name: 'Late' }).expect(412))).to.include({ code: 'precondition_failed' })

      const moved = { ...config, host: 'post.example.com' }
      const both = await put(id, 1, { config: moved, secret: { user: 'u', password: 'other-secret' } }).expect(200)
      expect(bodyOf(both)).to.deep.include({ name: 'Post', config: moved, revision: 3 })
      expect(JSON.stringify(both.body)).to.not.include('other-secret')
      expect(await secretOf(id)).to.deep.equal({ user: 'u', password: 'other-secret' })
      expect(bodyOf(await put(id, 3, { name: 'Post', type: 'smtp', config: moved }).expect(200))).to.include({
        revision: 3,
      })
      expect(await read(id)).to.deep.include({ name: 'Post', config: moved, revision: 3 })
      const events = await site.store.readStream(`connection-${id}` as never, { limit: 10 })()
      const text = JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
      expect(text).to.include('ConnectionSecretReplaced').and.not.include('other-secret')
      expect(site.logged()).to.not.include('other-secret')
    })

    it('only as their type wants it, with every problem at its place', async () => {
      const id = await make(smtp)
      const wrong = await put(id, 0, { config: { ...config, port: 0 }, secret: { user: 'u' } }).expect(400)
      expect((at(wrong, 'params.problems') as Body[]).map(({ pointer }) => pointer)).to.deep.equal([
        '/config/port',
        '/secret/password',
      ])
      for (const [body, pointer] of [
        [{ type: 'storage', config: { url: 'file:./x' } }, '/type'],
        [{}, ''],
        [{ name: '' }, '/name'],
        [{ nam: 'x' }, '/nam'],
      ] as const)
        expect(at(await put(id, 0, body).expect(400), 'params.problems.0.pointer')).to.equal(pointer)
      expect(await read(id)).to.include({ revision: 0 })
    })

    it('and a secret goes to nobody else than whom it was given for', async () => {
      const id = await make({ ...smtp, secret: { user: 'u', password: 'first' } })
      for (const other of [{ host: 'post.example.com' }, { port: 26 }, { secure: true }]) {
        const refused = await put(id, 0, { config: { ...config, ...other } }).expect(400)
        expect(at(refused, 'params.problems.0.pointer')).to.equal('/secret')
      }
      const kept = { config: { ...config, from: 'post@example.com' } }
      await put(id, 0, kept).expect(200)
      await put(id, 0, { config: { ...config, port: 26 } }).expect(412)
      await put(id, 2, { config: { ...config, port: 26 } }).expect(412)
      const anyRevision = (body: object) => admin.send('put', `/connections/${id}`).set('If-Match', '*').send(body)
      await anyRevision({ config: { ...config, port: 26 } }).expect(400)
      await anyRevision(kept).expect(200)
      expect(await secretOf(id)).to.deep.equal({ user: 'u', password: 'first' })
      const without = await make(smtp)
      await put(without, 0, { config: { ...config, host: 'post.example.com' } }).expect(200)
    })

    it('once by a command that is given twice, and a late repeat brings no older secret back', async () => {
      const key = randomUUID()
      const first = { ...smtp, secret: { user: 'u', password: 'first' } }
      const made = await admin.post('/connections', first, key).expect(201)
      const id = idOf(made)
      const replace = () =>
        put(id, 0, { secret: { user: 'u', password: 'second' } }).set('Idempotency-Key', 'replace-the-secret')
      const replaced = await replace().expect(200)
      expect(bodyOf(await replace().expect(200))).to.deep.equal(bodyOf(replaced))
      expect(bodyOf(await admin.post('/connections', first, key).expect(201))).to.deep.equal(bodyOf(made))
      expect(await secretOf(id)).to.deep.equal({ user: 'u', password: 'second' })
    })

    it('by administrators of the organization, and by nobody else', async () => {
      const id = await make(smtp)
      for (const role of ['viewer', 'operator', 'auditor'] as const) {
        await put(id, 0, { name: 'X' }, as(site, site.ours, role)).expect(403)
        await remove(id, as(site, site.ours, role)).expect(403)
      }
      await put(id, 0, { name: 'X' }, as(site, site.theirs)).expect(404)
      await remove(id, as(site, site.theirs)).expect(404)
      await admin.send('patch', `/connections/${id}`).expect(405).expect('Allow', 'GET, HEAD, PUT, DELETE, OPTIONS')
    })
  })

  describe('say how they do', () => {
    it('when a mail server refuses the login, and when it no longer does', async () => {
      let password = 'right'
      const server = await guarded(() => password)
      const secret = { user: 'docs', password: 'hunter2-wrong' }
      const id = await make({ ...smtp, config: { ...config, host: '127.0.0.1', port: server.port }, secret })
      const test = () => admin.post(`/connections/${id}/test`).expect(200)

      expect(bodyOf(await test())).to.deep.include({ ok: false, status: 'error' })
      expect(bodyOf(await test())).to.deep.include({ ok: false, status: 'error' })
      const broken = await read(id)
      expect(broken, 'one change is one event').to.include({ status: 'error', revision: 1 })
      expect(broken['status_since']).to.match(/^\d{4}-\d{2}-\d{2}T.*Z$/)
      expect(broken['status_reason']).to.deep.include({
        code: 'delivery.smtp_auth_failed',
        message_human: 'O servidor de e-mail recusou o usuário ou a senha',
      })
      expect(at({ body: broken }, 'status_reason.message_tech')).to.include('535')
      expect(at({ body: broken }, 'recommended_actions.0.action')).to.equal('update_credentials')
      const seen = await read(id, as(site, site.ours, 'viewer'))
      expect(at({ body: seen }, 'status_reason.message_tech')).to.equal(null)
      expect(JSON.stringify([broken, seen])).to.not.include('hunter2')

      const repaired = await put(id, 1, { secret: { user: 'docs', password: 'right' } }).expect(200)
      expect(bodyOf(repaired)).to.include({ status: 'active', status_since: null, status_reason: null })
      expect(bodyOf(await test())).to.deep.include({ ok: true, status: 'active', issues: [] })
      expect(await read(id)).to.include({ revision: 2 })

      password = 'changed'
      await test()
      password = 'right'
      await test()
      const again = await read(id)
      expect(again).to.include({ status: 'active', status_reason: null, revision: 4 })
      expect(server.arrived).to.deep.equal([])
      await server.stop()
    })

    it('when a folder or a bucket is not there or may not be written', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docg-care-'))
      await writeFile(join(folder, 'file'), '')
      const s3 = await startS3('archive')
      const bucket = { url: `s3://archive?endpoint=${s3.endpoint}` }
      const key = { access_key_id: s3Credentials.accessKeyId, secret_access_key: s3Credentials.secretAccessKey }
      const storage = (config: object, secret?: object) =>
        make({ name: 'Files', type: 'storage', config, ...(secret === undefined ? {} : { secret }) })
      const cases = [
        [await storage({ url: `file:${folder}` }), null],
        [await storage({ url: `file:${folder}/file/x` }), 'delivery.destination_not_found'],
        [await storage(bucket, key), null],
        [await storage(bucket, { ...key, access_key_id: 'OTHER' }), 'delivery.storage_write_denied'],
        [await storage({ url: bucket.url.replace('archive', 'elsewhere') }, key), 'delivery.destination_not_found'],
      ] as const
      for (const [id, code] of cases) {
        expect(bodyOf(await admin.post(`/connections/${id}/test`).expect(200))).to.include({ ok: code === null })
        const { status_reason: reason } = await read(id)
        expect((reason as Body | null)?.['code'] ?? null).to.equal(code)
      }
      await s3.stop()
      await rm(folder, { recursive: true })
    })

    it('when no key opens their secret, until it is given again', async () => {
      const server = await guarded(() => 'right')
      const secret = { user: 'docs', password: 'right' }
      const id = await make({ ...smtp, config: { ...config, host: '127.0.0.1', port: server.port }, secret })
      await site.knex('connection_secrets').where({ connection_id: id }).update({ key_id: '0123456789abcdef' })
      const tried = await admin.post(`/connections/${id}/test`).expect(200)
      expect(at(tried, 'issues.0')).to.include({
        code: 'permissions.secret_unreadable',
        message_human: 'As credenciais da conexão com SMTP não podem mais ser lidas; informe-as de novo',
      })
      expect(at(tried, 'issues.0.message_tech')).to.include('0123456789abcdef')
      expect(await read(id)).to.include({ status: 'error' })
      await put(id, 1, { secret }).expect(200)
      expect(bodyOf(await admin.post(`/connections/${id}/test`).expect(200))).to.include({ ok: true })
      await server.stop()
    })

    it('in the list, by status and type, and in the audit trail', async () => {
      const id = await make({ ...smtp, config: { ...config, host: '127.0.0.1', port: 1 } })
      await admin.post(`/connections/${id}/test`).expect(200)
      const other = await admin.post('/connections', smtp).expect(201)
      const position = bodyOf(other)['position']
      const inError = await listed(position, '&status=error&type=smtp')
      expect(inError.find((each) => each['id'] === id)).to.deep.include({ status: 'error' })
      expect(at({ body: inError[0] }, 'status_reason.code')).to.equal('delivery.smtp_unreachable')
      expect(inError.map((each) => each['id'])).to.not.include(idOf(other))
      expect((await listed(position, '&status=error&type=storage')).map((each) => each['id'])).to.not.include(id)
      const [first, second] = [(await listed(position, '&limit=1'))[0], await listed(position)]
      expect(second[0]).to.deep.equal(first)
      await admin.get('/connections?status=broken').expect(400)
      await admin.get('/connections?type=fax').expect(400)

      const trail = async () =>
        (await site
          .knex('audit_events')
          .where({ organization_id: site.ours.id, target_type: 'connection', target_id: id })
          .orderBy('commit_position')) as ReadonlyArray<{ action: string; actor_type: string; event_metadata: Body }>
      await until(async () => (await trail()).length >= 2)
      const told = await trail()
      expect(told.map(({ action }) => action)).to.deep.equal(['connection.created', 'connection.status_changed'])
      expect(told[1]).to.deep.include({
        actor_type: 'user',
        event_metadata: { name: 'Mail', type: 'smtp', status: 'error', error_code: 'delivery.smtp_unreachable' },
      })
    })
  })

  describe('are archived', () => {
    it('when no active workflow uses them, and are gone for runs', async () => {
      const id = await make({ ...smtp, secret: { user: 'u', password: 'p-secret' } })
      const nodes = [manual, mailNode(id)]
      const workflow = await defineActive(admin, nodes, 'Contratos')
      const refused = await remove(id).expect(409)
      expect(bodyOf(refused)).to.include({
        code: 'connection_in_use',
        detail: 'Um fluxo ativo usa a conexão: Contratos; troque a conexão neles ou arquive-os antes',
      })
      expect(at(refused, 'params.workflows')).to.deep.equal([{ id: workflow, name: 'Contratos' }])
      const draft = idOf(await admin.post('/workflows', { name: 'Draft', nodes }).expect(201))

      await admin.post(`/workflows/${workflow}/archive`).expect(200)
      await remove(id).set('If-Match', '"7"').expect(412)
      const archived = await remove(id).expect(200)
      expect(bodyOf(archived)).to.deep.include({ id, status: 'archived', revision: 1 })
      expect(bodyOf(await remove(id).expect(200))).to.deep.equal(bodyOf(archived))
      expect(await read(id)).to.include({ status: 'archived' })
      expect(await secretOf(id)).to.equal(undefined)

      const position = bodyOf(archived)['position']
      expect((await listed(position)).map((each) => each['id'])).to.not.include(id)
      expect((await listed(position, '&status=archived')).map((each) => each['id'])).to.include(id)

      expect(bodyOf(await put(id, 1, { name: 'X' }).expect(409))).to.include({ code: 'connection_archived' })
      expect(bodyOf(await admin.post(`/connections/${id}/test`).expect(409))).to.include({
        code: 'connection_archived',
      })
      const verdict = await admin.post(`/workflows/${draft}/preflight`, { trigger_data: {} }).expect(200)
      expect(at(verdict, 'blocking.0')).to.include({ code: 'permissions.connection_missing' })
    })

    it('whatever another organization does with their id', async () => {
      const id = await make(smtp)
      const theirs = as(site, site.theirs)
      await theirs.post('/workflows', { name: 'Theirs', nodes: [manual, mailNode(id)] }).expect(201)
      await remove(id).expect(200)
    })
  })
})
