import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { Test } from 'supertest'
import { signatureV3 } from '../../src/api/webhooks/hubspot/signature'
import { workflowsOf } from '../../src/api/webhooks/hubspot/workflows'
import type { Position } from '../../src/domain/event-store'
import type { ConnectionId, ExecutionId, WorkflowId } from '../../src/domain/ids'
import { docxText, templateDocx } from '../support/docx'
import { type HubSpot, hubId, readDeals, startHubSpot } from '../support/hubspot'
import { type ReviewSite, startReviewSite } from '../support/review-site'
import {
  as,
  at,
  type Body,
  bodyOf,
  type Client,
  defineActive,
  documentNode,
  idOf,
  requestTo,
  uploadDocx,
} from './requests'
import { sharedSite } from './shared-site'
import { publicUrl, type Site } from './site'

type Issue = { readonly code: string; readonly message_human: string }

describe('HubSpot', () => {
  let site: Site
  let hubSpot: HubSpot
  let worker: ReviewSite
  let client: Client

  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
  })
  beforeEach(async () => {
    hubSpot = await startHubSpot()
    worker = await startReviewSite(site)
  })
  afterEach(async () => {
    await worker.stop()
    await hubSpot.stop()
  })

  const connect = async (secret: object = { private_app_token: 'pat-good' }, config: object = {}): Promise<string> =>
    idOf(
      await client
        .post('/connections', {
          name: 'HubSpot',
          type: 'hubspot',
          config: { base_url: hubSpot.url, ...config },
          secret: 'private_app_token' in secret ? { client_secret: 'signing', ...secret } : secret,
        })
        .expect(201),
    )
  const oauth = { client_id: 'app', client_secret: 'app-secret', refresh_token: 'refresh-good' }
  const trigger = (connection: string, config: object = {}) => ({
    node_type: 'hubspot',
    label: 'Deal',
    config: { source_connection_id: connection, source_object_type: 'deal', ...config },
  })

  const template = async (): Promise<string> =>
    idOf(await uploadDocx(client, await templateDocx('{{dealname}} for {{amount}}')).expect(201))
  const contractFlow = async (connection: string, config: object = {}): Promise<string> =>
    defineActive(client, [trigger(connection, config), documentNode(await template())])

  const issuesOf = async (workflow: string, deal: unknown = '123'): Promise<ReadonlyArray<Issue>> => {
    const answer = await client
      .post(`/workflows/${workflow}/preflight`, { trigger_data: { deal_id: deal } })
      .expect(200)
    return [...(at(answer, 'blocking') as ReadonlyArray<Issue>), ...(at(answer, 'warnings') as ReadonlyArray<Issue>)]
  }
  const codesOf = async (...asked: Parameters<typeof issuesOf>) => (await issuesOf(...asked)).map(({ code }) => code)

  const changed = (eventId: number, objectId = 123, more: object = {}) => ({
    eventId,
    subscriptionId: 7,
    portalId: hubId,
    appId: 2,
    occurredAt: 1_764_000_000_000,
    subscriptionType: 'deal.propertyChange',
    attemptNumber: 0,
    objectId,
    propertyName: 'dealstage',
    propertyValue: 'closedwon',
    ...more,
  })
  type Sent = { readonly secret?: string; readonly ago?: number; readonly signature?: string; readonly raw?: string }
  const deliver = (connection: string, events: unknown, { secret = 'signing', ago = 0, ...sent }: Sent = {}): Test => {
    const path = `/api/v1/webhooks/hubspot/${connection}`
    const raw = sent.raw ?? JSON.stringify(events)
    const timestamp = String(Date.now() - ago)
    const body = Buffer.from(raw)
    const signature = sent.signature ?? signatureV3(secret, { method: 'POST', uri: publicUrl + path, body, timestamp })
    return requestTo(site.app, 'post', path)
      .set('Content-Type', 'application/json')
      .set('X-HubSpot-Request-Timestamp', timestamp)
      .set('X-HubSpot-Signature-v3', signature)
      .send(raw)
  }
  const startedBy = (answer: { readonly body: unknown }) => at(answer, 'executions') as ReadonlyArray<ExecutionId>
  const contractOf = async (id: ExecutionId): Promise<string> => {
    const [document] = (await worker.run(id)).documents
    if (document === undefined) throw new Error('no document')
    const bytes = await site.blobs.get(document.sha256)()
    if (bytes._tag === 'Left') throw new Error('no file')
    return docxText(bytes.right)
  }

  describe('webhooks', () => {
    it("start a run whose contract holds the record's properties, once", async () => {
      const connection = await connect()
      await contractFlow(connection, { trigger_config: { properties: ['dealname', 'amount'] } })
      const first = await deliver(connection, [changed(1)]).expect(202)
      const [id, another] = startedBy(first)
      expect([bodyOf(first)['received'], another]).to.deep.equal([1, undefined])
      await worker.step(id!)
      const run = await worker.run(id!)
      expect(run.status, JSON.stringify(run.lastFault ?? run.preflight)).to.equal('completed')
      expect(await contractOf(id!)).to.include('Big deal for 1500.50')
      expect(run.steps[0]?.output).to.deep.include({ source_object_type: 'deal', source_object_id: '123' })
      expect(run.triggerData).to.deep.include({ deal_id: '123', property_value: 'closedwon' })

      const before = await site.amounts()
      const again = await deliver(connection, [changed(1, 123, { attemptNumber: 4 })]).expect(202)
      expect(startedBy(again)).to.deep.equal([id])
      expect((await site.amounts()).events).to.equal(before.events)
    })

    it('start each of a batch, and only what waits for such an event', async () => {
      const connection = await connect(undefined, { portal_id: String(hubId) })
      await contractFlow(connection)
      await contractFlow(connection, { source_object_type: 'contact' })
      await contractFlow(connection, { trigger_config: { events: ['creation'] } })
      const draft = [trigger(connection), documentNode(await template())]
      await client.post('/workflows', { name: 'A draft', nodes: draft }).expect(201)
      const events = [
        changed(1),
        changed(2, 124),
        changed(3, 9, { subscriptionType: 'deal.creation' }),
        changed(4, 9, { subscriptionType: 'deal.deletion' }),
        changed(5, 9, { portalId: 1 }),
        { strange: true },
      ]
      const answer = await deliver(connection, events).expect(202)
      expect(bodyOf(answer)).to.deep.include({ received: 6, count: 4 })
      expect(new Set(startedBy(answer)).size).to.equal(4)
      expect(startedBy(await deliver(await connect(), events).expect(202))).to.deep.equal([])
    })

    it('find a workflow that was activated just before', async () => {
      const connection = await connect()
      for (let event = 0; event < 5; event += 1) {
        const found = [await contractFlow(connection), await deliver(connection, [changed(event)]).expect(202)] as const
        expect(startedBy(found[1])).to.have.length(event + 1)
      }
    })

    it('wait for rows that lack a workflow, and only for those', async () => {
      const connection = await connect()
      const workflow = await contractFlow(connection)
      const waitedFor: Position[] = []
      const found = (position: Position | undefined) =>
        workflowsOf(
          {
            store: site.store,
            catalog: {
              position: () => Promise.resolve(position),
              waitForPosition: (wanted) => {
                waitedFor.push(wanted)
                return Promise.resolve(E.right(undefined))
              },
              workflowsStartedBy: () => Promise.resolve([workflow as WorkflowId]),
            },
          },
          site.ours.id,
          connection as ConnectionId,
        )()
      const known = await found(undefined)
      if (E.isLeft(known)) throw new Error(known.left._tag)
      const [told] = known.right
      expect(waitedFor).to.deep.equal([told?.position])
      await found(told?.position)
      expect(waitedFor).to.have.length(1)
    })

    it('are refused without detail where they are not signed, by another, or too old', async () => {
      const connection = await connect()
      await contractFlow(connection)
      const unsigned = await connect({ private_app_token: 'pat-good', client_secret: undefined })
      const before = await site.amounts()
      const refused = [
        await deliver(connection, [changed(1)], { secret: 'another' }),
        await deliver(connection, [changed(1)], { ago: 300_001 }),
        await deliver(connection, [changed(1)], { ago: -310_000 }),
        await deliver(connection, [changed(1)], { signature: '' }),
        await deliver(unsigned, [changed(1)]),
        await deliver(randomUUID(), [changed(1)]),
        await deliver('x', [changed(1)]),
      ]
      expect(refused.map(({ status }) => status)).to.deep.equal(refused.map(() => 401))
      const told = refused.map(({ body }) => ({ ...(body as Body), instance: '', correlation_id: '' }))
      expect(new Set(told.map((one) => JSON.stringify(one))).size).to.equal(1)
      expect((await site.amounts()).events).to.equal(before.events)
    })

    it('are bounded', async () => {
      const connection = await connect()
      const many = Array.from({ length: 101 }, (_, event) => changed(event))
      await deliver(connection, many).expect(400)
      await deliver(connection, {}).expect(400)
      await deliver(connection, [], { raw: 'x' }).expect(400)
      await deliver(connection, [], { raw: `[${' '.repeat(262_143)}]` }).expect(413)
      await deliver(connection, []).expect(202)
    })
  })

  describe('the checks before a run', () => {
    it('know the record: what it lacks is found, and what it has is not missing', async () => {
      const workflow = await contractFlow(await connect())
      expect(await codesOf(workflow)).to.deep.equal([])
      hubSpot.records.set('deals/123', { dealname: 'Big deal' })
      expect(await issuesOf(workflow)).to.have.length.greaterThan(0)
      expect(JSON.stringify(await issuesOf(workflow)))
        .to.include('amount')
        .and.not.include('dealname')
    })

    it('find that the record is not there, or is not named', async () => {
      const workflow = await contractFlow(await connect())
      const [missing, ...others] = await issuesOf(workflow, '999')
      expect(missing).to.deep.include({
        code: 'data.source_object_not_found',
        message_human: 'O registro 999 não existe mais em HubSpot',
      })
      expect(others).to.deep.equal([])
      expect(await codesOf(workflow, '')).to.deep.equal(['data.missing_required_field'])
      expect(await codesOf(workflow, '../1')).to.deep.equal(['data.invalid_format'])
    })

    it('find a token that was taken away, one that is over, and one that ends soon', async () => {
      const workflow = await contractFlow(await connect())
      hubSpot.tokens.set('pat-good', { scopes: [], kind: 'private', refused: 'INVALID_AUTHENTICATION' })
      expect(await codesOf(workflow)).to.deep.equal(['permissions.token_revoked'])
      const ending = (ms: number) =>
        connect({ private_app_token: 'pat-ends', expires_at: new Date(Date.now() + ms).toISOString() })
      hubSpot.tokens.set('pat-ends', { scopes: [readDeals], kind: 'private' })
      expect(await codesOf(await contractFlow(await ending(-1_000)))).to.deep.equal(['permissions.token_expired'])
      const [soon, ...others] = await issuesOf(await contractFlow(await ending(3_600_000)))
      expect(soon).to.include({ code: 'permissions.token_expiring' })
      expect(soon?.message_human).to.match(/^A conexão com HubSpot vence em \d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
      expect(others).to.deep.equal([])
      hubSpot.tokens.set('pat-ends', { scopes: [], kind: 'private', refused: 'EXPIRED_AUTHENTICATION' })
      expect(await codesOf(await contractFlow(await ending(30 * 86_400_000)))).to.deep.equal([
        'permissions.token_expired',
      ])
    })

    it('find scopes that are missing: those that are wanted, and those that the record needs', async () => {
      const wanted = await connect(undefined, { scopes: [readDeals, 'tickets'] })
      const [missing] = await issuesOf(await contractFlow(wanted))
      expect(missing).to.deep.include({
        code: 'permissions.scope_missing',
        message_human: 'Faltam permissões em HubSpot: tickets',
      })
      hubSpot.tokens.set('pat-good', { scopes: [], kind: 'private' })
      const [needed] = await issuesOf(await contractFlow(await connect()))
      expect(needed).to.include({
        code: 'permissions.scope_missing',
        message_human: `Faltam permissões em HubSpot: ${readDeals}`,
      })
    })

    it('find a record that may not be seen, and a token of another account', async () => {
      hubSpot.denied.add('deals/123')
      const [denied] = await issuesOf(await contractFlow(await connect()))
      expect(denied).to.deep.include({
        code: 'permissions.resource_denied',
        message_human: 'Sem acesso a "deal 123" em HubSpot',
      })
      hubSpot.denied.clear()
      const [other] = await issuesOf(await contractFlow(await connect(undefined, { portal_id: '1' })))
      expect(other).to.include({
        code: 'permissions.resource_denied',
        message_human: 'Sem acesso a "1" em HubSpot',
      })
    })

    it('warn where HubSpot does not answer, or not as it should; the data are not said to be missing', async () => {
      const answers = [
        { status: 500, json: {} },
        { status: 429, json: {}, headers: { 'retry-after': '1' } },
        { status: 200, text: '<html>' },
        { status: 302, headers: { location: 'http://127.0.0.1/' } },
      ]
      for (const answer of answers) {
        hubSpot.behaviour.answer = () => answer
        expect(await codesOf(await contractFlow(await connect()))).to.deep.equal(['permissions.check_unavailable'])
      }
      hubSpot.behaviour.answer = () => 'silence'
      expect(await codesOf(await contractFlow(await connect()))).to.deep.equal(['permissions.check_unavailable'])
    })

    it('renew an access token that is over, and say when its owner has taken the access away', async () => {
      const workflow = await contractFlow(await connect(oauth))
      expect(await codesOf(workflow)).to.deep.equal([])
      expect(await codesOf(workflow)).to.deep.equal([])
      expect(hubSpot.refreshed()).to.equal(1)
      hubSpot.refreshTokens.set('refresh-good', 'revoked')
      expect(await codesOf(await contractFlow(await connect(oauth)))).to.deep.equal(['permissions.token_revoked'])
      expect(await codesOf(await contractFlow(await connect({ ...oauth, client_secret: 'x' })))).to.deep.equal([
        'permissions.token_expired',
      ])
    })

    it('go on with what is left of an access token while it cannot be renewed, and say until when', async () => {
      hubSpot.tokens.set('access-0', { scopes: [readDeals], kind: 'oauth' })
      const expires_at = new Date(Date.now() + 60_000).toISOString()
      hubSpot.behaviour.answer = ({ path }) => (path === '/oauth/v1/token' ? { status: 503 } : undefined)
      const connection = await connect({ ...oauth, access_token: 'access-0', expires_at })
      expect(await codesOf(await contractFlow(connection))).to.deep.equal(['permissions.token_expiring'])
    })
  })

  describe('connections', () => {
    it('are tried, say that they are over, and never show their secret', async () => {
      const connection = await connect(oauth)
      const tried = async () => bodyOf(await client.post(`/connections/${connection}/test`).expect(200))
      expect(await tried()).to.deep.include({ ok: true, status: 'active' })
      hubSpot.refreshTokens.set('refresh-good', 'revoked')
      hubSpot.tokens.set('access-1', { scopes: [], kind: 'oauth', refused: 'EXPIRED_AUTHENTICATION' })
      expect(await tried()).to.deep.include({ ok: false, status: 'expired' })
      expect(site.logged()).to.not.include('app-secret').and.not.include('refresh-good').and.not.include('access-1')
    })

    it('want one kind of secret, whole', async () => {
      const wrong = [{}, { private_app_token: 'x', refresh_token: 'y' }, { client_id: 'x', refresh_token: 'y' }]
      for (const secret of wrong)
        await client.post('/connections', { name: 'H', type: 'hubspot', config: {}, secret }).expect(400)
      for (const base_url of ['x', 'ftp://a', 'https://u:p@a.com', 'https://a.com?b=c'])
        await client.post('/connections', { name: 'H', type: 'hubspot', config: { base_url } }).expect(400)
    })
  })

  describe('a run', () => {
    const begin = async (workflow: string, trigger_data: object = { deal_id: '123' }): Promise<ExecutionId> =>
      idOf(await client.post(`/workflows/${workflow}/executions`, { trigger_data }).expect(201)) as ExecutionId

    it('keeps to the record as it was fetched; what was given with the run comes first', async () => {
      const workflow = await contractFlow(await connect())
      const id = await begin(workflow, { deal_id: '123', amount: '7' })
      await worker.step(id)
      hubSpot.records.set('deals/123', { dealname: 'Another', amount: '1' })
      expect(await contractOf(id)).to.include('Big deal for 7')
    })

    it('fails for good where the record is gone after its checks, and waits where HubSpot asks to', async () => {
      const workflow = await contractFlow(await connect())
      const asked = () => hubSpot.calls.filter(({ path }) => path.startsWith('/crm/')).length
      const after = (answer: { status: number; headers?: object }) => {
        const before = asked()
        hubSpot.behaviour.answer = ({ path }) => (path.startsWith('/crm/') && asked() > before + 1 ? answer : undefined)
      }
      const gone = await begin(workflow)
      after({ status: 404 })
      await worker.step(gone)
      expect(await worker.run(gone)).to.nested.include({
        status: 'failed',
        'lastFault.code': 'data.source_object_not_found',
      })
      const later = await begin(workflow)
      after({ status: 429, headers: { 'retry-after': '30' } })
      const waits = await worker.step(later)
      expect(waits).to.have.property('ms').that.is.greaterThan(25_000)
      expect((await worker.run(later)).lastFault?.code).to.equal('rate_limited')
    })
  })
})
