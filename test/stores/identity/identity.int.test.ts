import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { OrganizationId } from '../../../src/domain/ids'
import type { IdentityStore } from '../../../src/stores/identity/identity-store'
import { postgresIdentityStore } from '../../../src/stores/identity/postgres'
import { type ReadSide, startReadSide } from '../../support/read-side'

const valueOf = async <A>(asked: TE.TaskEither<unknown, A>): Promise<A> => {
  const result = await asked()
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

describe('organizations and their keys', () => {
  let readSide: ReadSide
  let identity: IdentityStore
  before(async function () {
    this.timeout(60_000)
    readSide = await startReadSide(false)
    identity = postgresIdentityStore((await readSide.database()).knex)
  })
  after(() => readSide.stop())

  const organization = (name = 'Ação') =>
    valueOf(identity.addOrganization({ id: randomUUID() as string as OrganizationId, name, locale: 'en' }))
  const hash = () => randomUUID().replaceAll('-', '').repeat(2)

  it('an organization is found by its id', async () => {
    const made = await organization()
    expect(await valueOf(identity.organization(made.id))).to.deep.equal(made)
    expect((await valueOf(identity.organizations())).map(({ id }) => id)).to.include(made.id)
    expect(await valueOf(identity.organization(randomUUID() as string as OrganizationId))).to.equal(undefined)
  })

  it('a key is found by the hash of its text, with its organization, until it is revoked', async () => {
    const made = await organization()
    const sha256 = hash()
    const key = await valueOf(
      identity.addKey({ id: randomUUID(), organizationId: made.id, name: 'ci', role: 'operator' }, sha256),
    )
    expect(key).to.include({ name: 'ci', role: 'operator', revokedAt: undefined })
    expect(await valueOf(identity.holderOf(sha256))).to.deep.equal({ key, organization: made })
    expect(await valueOf(identity.holderOf(hash()))).to.equal(undefined)

    const revoked = await valueOf(identity.revokeKey(key.id))
    expect(revoked?.revokedAt).to.be.instanceOf(Date)
    expect(await valueOf(identity.holderOf(sha256))).to.equal(undefined)
    expect(await valueOf(identity.revokeKey(key.id))).to.deep.equal(revoked)
    expect(await valueOf(identity.revokeKey(randomUUID()))).to.equal(undefined)
    expect(await valueOf(identity.keys(made.id))).to.deep.equal([revoked])
  })

  it('are listed in pages of a hundred, each after the one before', async () => {
    const { id: organizationId } = await organization()
    const key = (n: number) => ({ id: randomUUID(), organizationId, name: `key ${n}`, role: 'viewer' as const })
    for (let n = 0; n < 103; n++) await valueOf(identity.addKey(key(n), hash()))
    const first = await valueOf(identity.keys(organizationId))
    const second = await valueOf(identity.keys(organizationId, first.at(-1)?.id))
    expect([first.length, second.length]).to.deep.equal([100, 3])
    expect(new Set([...first, ...second].map(({ id }) => id)).size).to.equal(103)
    expect((await valueOf(identity.organizations(organizationId))).map(({ id }) => id)).to.not.include(organizationId)
    expect(await valueOf(identity.keys(organizationId, second.at(-1)?.id))).to.deep.equal([])
  })

  it('a key of no organization or of no known role is not kept', async () => {
    const { id } = await organization()
    const key = { id: randomUUID(), name: 'x', role: 'viewer' as const }
    expect(E.isLeft(await identity.addKey({ ...key, organizationId: randomUUID() as never }, hash())())).to.equal(true)
    expect(E.isLeft(await identity.addKey({ ...key, organizationId: id, role: 'king' as never }, hash())())).to.equal(
      true,
    )
    expect(await valueOf(identity.keys(id))).to.deep.equal([])
  })
})
