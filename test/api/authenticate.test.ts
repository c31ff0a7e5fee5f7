import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { newApiKey, sha256Of } from '../../src/api/auth/api-key'
import { authenticator } from '../../src/api/auth/authenticate'
import { jwtVerifier } from '../../src/api/auth/jwt'
import type { OrganizationId } from '../../src/domain/ids'
import type { IdentityStore, Organization } from '../../src/stores/identity/identity-store'

const organization: Organization = {
  id: randomUUID() as string as OrganizationId,
  name: 'Ours',
  locale: 'en',
  createdAt: new Date(),
}
const elsewhere = randomUUID()
const key = newApiKey()
const keyId = randomUUID()
const secret = 'a secret of thirty-two bytes or more'

const identity: Pick<IdentityStore, 'holderOf' | 'organization'> = {
  holderOf: (sha256) =>
    TE.right(
      sha256 === sha256Of(key)
        ? {
            organization,
            key: {
              id: keyId,
              organizationId: organization.id,
              name: 'k',
              role: 'operator',
              createdAt: new Date(),
              revokedAt: undefined,
            },
          }
        : undefined,
    ),
  organization: (id) => TE.right(id === organization.id ? organization : undefined),
}

const ask = (headers: IncomingHttpHeaders, verifyJwt = jwtVerifier({ kind: 'secret', secret })) =>
  authenticator({ identity, verifyJwt })({ headers })()

const refusal = async (headers: IncomingHttpHeaders, verifyJwt?: ReturnType<typeof jwtVerifier>) => {
  const result = await ask(headers, verifyJwt)
  return E.isLeft(result) ? { ...result.left } : 'let in'
}

const claims = { sub: 'ana@example.com', orgs: [organization.id], roles: ['auditor', 'wizard'] }

const signed = (payload: Record<string, unknown>, with_ = secret, expires: number | string = '5m') =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(with_))

const bearer = (token: string, org: string = organization.id) => ({
  authorization: `Bearer ${token}`,
  'x-organization-id': org,
})

describe('who asks', () => {
  it('is the holder of a key, in its organization', async () => {
    expect(await ask(bearer(key))).to.deep.equal(
      E.right({
        actor: { type: 'user', id: `key:${keyId}` },
        organization: organization.id,
        locale: 'en',
        roles: ['operator'],
      }),
    )
    expect(E.isRight(await ask({ authorization: `bearer  ${key}` }))).to.equal(true)
  })

  it('is the subject of a token, in one of its organizations, with the roles we know', async () => {
    const token = await signed({ ...claims, orgs: [elsewhere, organization.id] })
    expect(await ask(bearer(token))).to.deep.equal(
      E.right({
        actor: { type: 'user', id: 'ana@example.com' },
        organization: organization.id,
        locale: 'en',
        roles: ['auditor'],
      }),
    )
  })

  it('has to say for which of several organizations', async () => {
    const token = await signed({ ...claims, orgs: [elsewhere, organization.id] })
    const { 'x-organization-id': _, ...headers } = bearer(token)
    expect(await refusal(headers)).to.include({ _tag: 'BadRequest' })
  })

  it('belongs to the organization, and the organization exists', async () => {
    expect(await refusal(bearer(key, elsewhere))).to.deep.equal({ _tag: 'OrganizationForbidden' })
    expect(await refusal(bearer(await signed(claims), elsewhere))).to.deep.equal({ _tag: 'OrganizationForbidden' })
    expect(await refusal(bearer(await signed({ ...claims, orgs: [elsewhere] }), elsewhere))).to.deep.equal({
      _tag: 'OrganizationForbidden',
    })
    expect(await refusal(bearer(key, 'ours'))).to.include({ _tag: 'BadRequest' })
  })

  const unknown = (reason: string) => ({ _tag: 'Unauthenticated', reason })

  it('shows something', async () => {
    expect(await refusal({})).to.deep.equal(unknown('missing'))
    for (const authorization of ['', 'Basic YTpi', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(9_000)}`])
      expect(await refusal({ authorization }), authorization).to.deep.equal(unknown('malformed'))
  })

  it('shows a key that we made', async () => {
    expect(await refusal(bearer(newApiKey()))).to.deep.equal(unknown('unknown'))
    expect(await refusal(bearer('docg_short'))).to.deep.equal(unknown('malformed'))
  })

  it('shows a token that is signed, complete and not over', async () => {
    const malformed = [
      await signed(claims, 'another secret of thirty-two bytes'),
      await signed({ ...claims, sub: '' }),
      await signed({ sub: 'x', orgs: [organization.id] }),
      await signed({ ...claims, orgs: 'all' }),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret)),
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS512' })
        .setExpirationTime('5m')
        .sign(new TextEncoder().encode(secret.repeat(2))),
      new UnsecuredJWT(claims).setExpirationTime('5m').encode(),
      'a.b.c',
    ]
    for (const token of malformed) expect(await refusal(bearer(token)), token).to.deep.equal(unknown('malformed'))
    expect(await refusal(bearer(await signed(claims, secret, 1_000_000)))).to.deep.equal(unknown('expired'))
  })

  it('may be vouched for by a public key, of which the public part signs nothing', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    const pem = await exportSPKI(publicKey)
    const verify = jwtVerifier({ kind: 'public', pem })
    const good = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).setExpirationTime('5m').sign(privateKey)
    expect(E.isRight(await ask(bearer(good), verify))).to.equal(true)
    expect(await refusal(bearer(await signed(claims, pem)), verify)).to.deep.equal(unknown('malformed'))
  })

  describe('with keys from a server', () => {
    let answer: (res: ServerResponse) => void
    let server: Server
    let url: string
    let good: string
    let unknownKid: string
    beforeEach(async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256')
      const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }]
      const token = (kid: string) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('5m').sign(privateKey)
      good = await token('k1')
      unknownKid = await token('k2')
      answer = (res) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys }))
      server = createServer((_, res) => answer(res)).listen(0, '127.0.0.1')
      await once(server, 'listening')
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    })
    afterEach(() => {
      server.closeAllConnections()
      server.close()
    })

    it('is let in by one of them, also while the server is away', async () => {
      const verify = jwtVerifier({ kind: 'jwks', url })
      expect(E.isRight(await ask(bearer(good), verify))).to.equal(true)
      answer = (res) => res.destroy()
      expect(E.isRight(await ask(bearer(good), verify))).to.equal(true)
    })

    it('is a stranger with a key that the server does not have', async () => {
      const verify = jwtVerifier({ kind: 'jwks', url })
      expect(await refusal(bearer(unknownKid), verify)).to.deep.equal(unknown('malformed'))
      expect(await refusal(bearer(await signed(claims)), verify)).to.deep.equal(unknown('malformed'))
    })

    const faults: Readonly<Record<string, (res: ServerResponse) => void>> = {
      'is away': (res) => res.destroy(),
      fails: (res) => res.writeHead(500).end(),
      'answers what is no key set': (res) => res.end('<html>'),
      'answers another thing': (res) => res.end('{"keys": 7}'),
    }
    for (const [fault, answered] of Object.entries(faults))
      it(`is not known while the server ${fault}`, async () => {
        answer = answered
        expect(await refusal(bearer(good), jwtVerifier({ kind: 'jwks', url }))).to.deep.equal({
          _tag: 'IdentityUnavailable',
          reason: 'the key server does not answer',
        })
      })
  })

  it('is nobody when no key for tokens is configured', async () => {
    const result = await authenticator({ identity, verifyJwt: undefined })({
      headers: bearer(await signed(claims)),
    })()
    expect(result).to.deep.equal(E.left(unknown('unknown')))
  })
})
