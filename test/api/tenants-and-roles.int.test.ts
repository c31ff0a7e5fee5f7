import { createHash, randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { SignJWT } from 'jose'
import { newApiKey, sha256Of } from '../../src/api/auth/api-key'
import { type Role, roles } from '../../src/domain/visibility'
import { as, base, bodyOf, contract, defineActive, idOf, manual, requestTo, startRun } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'
import { workerOn } from './worker'

type Method = 'get' | 'post' | 'put'
type Route = {
  readonly method: Method
  readonly path: string
  readonly allowed: ReadonlyArray<Role>
  readonly body?: object
}

const everyone: ReadonlyArray<Role> = roles
const operators: ReadonlyArray<Role> = ['operator', 'admin']
const auditors: ReadonlyArray<Role> = ['auditor', 'admin']
const admins: ReadonlyArray<Role> = ['admin']

const get = (path: string, allowed = everyone): Route => ({ method: 'get', path, allowed })
const post = (path: string, allowed: ReadonlyArray<Role>, body: object = {}): Route => ({
  method: 'post',
  path,
  allowed,
  body,
})

type Ids = {
  readonly workflow: string
  readonly execution: string
  readonly template: string
  readonly connection: string
  readonly document: string
}

const ofOne = (ids: Ids): ReadonlyArray<Route> => [
  get(`/workflows/${ids.workflow}`),
  { method: 'put', path: `/workflows/${ids.workflow}`, allowed: admins, body: { name: 'X', nodes: [manual] } },
  post(`/workflows/${ids.workflow}/executions`, operators, { trigger_data: {} }),
  post(`/workflows/${ids.workflow}/activate`, admins),
  post(`/workflows/${ids.workflow}/archive`, admins),
  get(`/templates/${ids.template}`),
  get(`/templates/${ids.template}/tags`),
  get(`/templates/${ids.template}/versions`),
  post(`/templates/${ids.template}/versions`, admins),
  get(`/connections/${ids.connection}`),
  post(`/connections/${ids.connection}/test`, admins),
  get(`/executions/${ids.execution}`),
  get(`/executions/${ids.execution}/steps`),
  get(`/executions/${ids.execution}/logs`),
  get(`/executions/${ids.execution}/audit`, auditors),
  get(`/executions/${ids.execution}/documents`),
  get(`/executions/${ids.execution}/effects`),
  get(`/executions/${ids.execution}?at_least=0`),
  post(`/executions/${ids.execution}/resume`, operators, { decision: 'resend' }),
  ...['pause', 'cancel', 'retry'].flatMap((control) => [
    post(`/executions/${ids.execution}/${control}`, operators),
    post(`/executions/${ids.execution}/${control}?plan=true`, operators),
  ]),
  post(`/executions/${ids.execution}/resume?plan=true`, operators, { approved: true }),
  get(`/sse/executions/${ids.execution}/stream`),
  get(`/documents/${ids.document}`),
]

const lists: ReadonlyArray<Route> = [
  get('/workflows'),
  get('/templates'),
  get('/connections'),
  get('/executions'),
  post('/workflows', admins, { name: 1 }),
  post('/templates', admins),
  post('/connections', admins, { name: 1 }),
]

describe('who may do what', () => {
  let site: Site
  let ids: Ids
  before(async function () {
    this.timeout(60_000)
    site = await sharedSite()
    const client = as(site, site.ours)
    const { execution } = await startRun(client)
    const worker = workerOn(site, site.ours.id, execution)
    await worker.begin()
    const file = await contract()
    const document = await worker.document(2, createHash('sha256').update(file).digest('hex'), file.length, 'a.docx')
    const connection = idOf(
      await client
        .post('/connections', { name: 'Files', type: 'smtp', config: { host: '127.0.0.1', port: 1, from: 'a@b.co' } })
        .expect(201),
    )
    const templates = await client.get(`/templates`)
    const [template] = bodyOf(templates)['templates'] as ReadonlyArray<{ readonly id: string }>
    ids = { workflow: await defineActive(client), execution, template: template?.id ?? '', connection, document }
    await client.get(`/executions/${execution}/documents?at_least=6`).expect(200)
  })

  const send = (route: Route, headers: Readonly<Record<string, string>>) => {
    const sent = requestTo(site.app, route.method, base + route.path).set(headers)
    // A stream that is opened does not end by itself.
    return route.path.startsWith('/sse') ? sent.set('Last-Event-ID', '999999-0') : sent.send(route.body)
  }
  const headersOf = (tenant: Site['ours'], role: Role) => ({
    Authorization: `Bearer ${tenant.keys[role]}`,
    'X-Organization-ID': tenant.id,
  })

  it('is decided by the role, on every route', async () => {
    for (const route of [...ofOne({ ...ids, workflow: ids.workflow }), ...lists])
      for (const role of roles.filter((each) => !route.allowed.includes(each))) {
        const answer = await send(route, headersOf(site.ours, role))
        const where = `${role} ${route.method} ${route.path}`
        expect([answer.status, bodyOf(answer)['code']], where).to.deep.equal([403, 'role_required'])
      }
    for (const route of [...ofOne(ids), ...lists].filter(({ method }) => method === 'get'))
      for (const role of route.allowed)
        expect((await send(route, headersOf(site.ours, role))).status, `${role} ${route.path}`).to.be.oneOf([200, 409])
  }).timeout(60_000)

  it('needs to be known, on every route', async () => {
    for (const route of [...ofOne(ids), ...lists]) {
      const answer = await send(route, {})
      expect([answer.status, answer.headers['www-authenticate']], route.path).to.deep.equal([
        401,
        'Bearer realm="docg"',
      ])
      const foreign = await send(route, { ...headersOf(site.ours, 'admin'), 'X-Organization-ID': site.theirs.id })
      expect([foreign.status, bodyOf(foreign)['code']], route.path).to.deep.equal([403, 'organization_forbidden'])
    }
  }).timeout(60_000)

  it("finds a stranger's things as little as what does not exist", async () => {
    const nowhere: Ids = {
      workflow: randomUUID(),
      execution: randomUUID(),
      template: randomUUID(),
      connection: randomUUID(),
      document: randomUUID(),
    }
    const unnamed = (text: string) =>
      [...Object.values(ids), ...Object.values(nowhere)].reduce((all, id) => all.replaceAll(id, '…'), text)
    const seen = async (route: Route) => {
      const answer = await send(route, { ...headersOf(site.theirs, 'admin'), 'If-Match': '"0"' })
      const { correlation_id: _, ...body } = bodyOf(answer)
      return unnamed(JSON.stringify([answer.status, body]))
    }
    const before = await site.amounts()
    const [theirs, none, malformed] = [
      ofOne(ids),
      ofOne(nowhere),
      ofOne({ workflow: 'x', execution: 'x', template: 'x', connection: 'x', document: 'x' }),
    ]
    for (const [n, route] of theirs.entries()) {
      const answer = await seen(route)
      expect(answer, route.path).to.include('[404,').and.include('not_found')
      expect(answer, route.path).to.equal(await seen(none[n]!))
      expect((await send(malformed[n]!, headersOf(site.theirs, 'admin'))).status, route.path).to.equal(404)
    }
    for (const { path } of lists.filter(({ method }) => method === 'get')) {
      const text = JSON.stringify((await as(site, site.theirs).get(path)).body)
      for (const id of Object.values(ids)) expect(text, path).to.not.include(id)
    }
    expect(await site.amounts()).to.deep.equal(before)
  }).timeout(60_000)

  it("does not start a run with a stranger's template", async () => {
    const theirs = as(site, site.theirs)
    const node = {
      node_type: 'uploaded-document',
      label: 'Doc',
      config: { template_id: ids.template, output_name_template: 'x', create_pdf: false },
    }
    const workflow = await defineActive(theirs, [manual, node])
    const refused = await theirs
      .post(`/workflows/${workflow}/executions?preflight=true`, { trigger_data: {} })
      .expect(422)
    expect(JSON.stringify(bodyOf(refused))).to.include('template.not_found')
  })

  it('is told by a signed token as well', async () => {
    const token = await new SignJWT({ sub: 'ana@example.com', orgs: [site.ours.id], roles: ['viewer'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(site.jwtSecret))
    const headers = { Authorization: `Bearer ${token}`, 'X-Organization-ID': site.ours.id }
    expect((await send(get('/executions'), headers)).status).to.equal(200)
    expect((await send(post('/workflows', admins, {}), headers)).status).to.equal(403)
  })

  it('ends with a key that is revoked', async () => {
    const text = newApiKey()
    const id = randomUUID()
    await site
      .knex('api_keys')
      .insert({ id, organization_id: site.ours.id, name: 'k', role: 'viewer', sha256: sha256Of(text) })
    const headers = { Authorization: `Bearer ${text}` }
    expect((await send(get('/executions'), headers)).status).to.equal(200)
    await site.knex('api_keys').where({ id }).update({ revoked_at: new Date() })
    expect((await send(get('/executions'), headers)).status).to.equal(401)
    expect(site.logged()).to.not.include(text)
  })
})
