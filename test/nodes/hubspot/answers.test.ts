import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { type Asked, faultOfAnswer } from '../../../src/nodes/connections/hubspot/answer'
import { HubSpotSecret } from '../../../src/nodes/connections/hubspot/config'
import { fetchRecord } from '../../../src/nodes/hubspot/record'
import { connectionId, organizationId } from '../../support/node-run'
import { type HubSpot, startHubSpot } from '../../support/hubspot'

const asked: Asked = { what: 'GET /crm/v3/objects/deals/1', resource: 'deal 1', record: '1', secrets: ['pat-secret'] }

const faultOf = (status: number, body: unknown, headers: object = {}) =>
  faultOfAnswer(asked, { status, headers: { ...headers }, body: Buffer.from(JSON.stringify(body)) })

describe('answers of HubSpot', () => {
  it('are faults of the connection, of the record, or pass', () => {
    const codeOf = (...given: Parameters<typeof faultOf>) => {
      const { fault, retryable } = faultOf(...given)
      return `${fault.code}${retryable ? ' passes' : ''}`
    }
    expect(codeOf(401, { category: 'EXPIRED_AUTHENTICATION' })).to.equal('permissions.token_expired')
    expect(codeOf(401, {})).to.equal('permissions.token_revoked')
    expect(codeOf(403, { category: 'MISSING_SCOPES' })).to.equal('permissions.scope_missing')
    expect(codeOf(403, 'no')).to.equal('permissions.resource_denied')
    for (const status of [400, 404, 410]) expect(codeOf(status, {})).to.equal('data.source_object_not_found')
    expect(codeOf(429, {})).to.equal('rate_limited passes')
    for (const status of [0, 302, 408, 418, 500, 503])
      expect(codeOf(status, null)).to.equal('service_unavailable passes')
  })

  it('say how long to wait, of which a minute is heard', () => {
    const after = (said: string) => faultOf(429, {}, { 'retry-after': said }).retryAfterMs
    expect(['7', '3600', 'soon'].map(after)).to.deep.equal([7_000, 60_000, undefined])
    expect(after(new Date(Date.now() - 5_000).toUTCString())).to.equal(0)
    expect(faultOf(429, {}).retryAfterMs).to.equal(undefined)
  })

  it('name the scopes that are missing, and repeat no token', () => {
    const { fault } = faultOf(403, {
      category: 'MISSING_SCOPES',
      message: 'pat-secret may not',
      errors: [
        { context: { requiredGranularScopes: ['a.read', 'b.read'] } },
        { context: { requiredScopes: ['a.read'] } },
      ],
    })
    expect(fault.personal.params).to.deep.include({ scopes: 'a.read, b.read' })
    expect(fault.personal.tech).to.equal('GET /crm/v3/objects/deals/1: 403 MISSING_SCOPES *** may not')
  })
})

describe('a record of HubSpot', () => {
  let hubSpot: HubSpot
  beforeEach(async () => {
    hubSpot = await startHubSpot()
  })
  afterEach(() => hubSpot.stop())

  it('has its properties at the root, as the log can keep them, and is not too large', async () => {
    const config = { base_url: hubSpot.url }
    const secret = HubSpotSecret.decode({ private_app_token: 'pat-good' })
    if (E.isLeft(secret)) throw new Error('no secret')
    const login = { config, secret: secret.right, organizationId, connectionId }
    const policy = { allowPrivateAddresses: true, fileRoot: undefined }
    const api = { config, policy, timeoutMs: 5_000, signal: new AbortController().signal }
    const fetched = () =>
      fetchRecord({ source_object_type: 'deal' }, '5', login, api, {
        renew: () => () => Promise.reject(new Error('no')),
      })()
    hubSpot.records.set('deals/5', { dealname: 'a\0b\uD800', amount: null, ['__proto__']: 'x', hs_object_id: '6' })
    expect(await fetched()).to.deep.equal(E.right({ dealname: 'ab\uFFFD', amount: null, hs_object_id: '5' }))
    hubSpot.records.set('deals/5', { notes: 'x'.repeat(131_072) })
    expect(await fetched()).to.nested.include({ 'left.fault.code': 'data.payload_too_large', 'left.retryable': false })
  })
})
