import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import createKnex, { type Knex } from 'knex'
import { type Stack, startStack } from '../../../src/embedded/stack'
import { ConnectionId, derivedId, OrganizationId } from '../../../src/domain/ids'
import { migrate } from '../../../src/projections/migrate'
import { keyringOf, type Keyring } from '../../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../../src/stores/secrets/postgres'

const newRing = (): Keyring =>
  pipe(
    keyringOf(randomBytes(32).toString('base64')),
    E.getOrElse<string, Keyring>((problem) => {
      throw new Error(problem)
    }),
  )
const newOrganization = () => derivedId(OrganizationId, randomUUID(), 'organization')
const newConnection = () => derivedId(ConnectionId, randomUUID(), 'connection')

describe('secrets in Postgres', () => {
  let folder = ''
  let stack: Stack<'postgres'>
  let knex: Knex

  before(async function () {
    this.timeout(60_000)
    folder = await mkdtemp(join(tmpdir(), 'docg-secrets-'))
    stack = await startStack({ dataDir: folder, env: process.env, only: ['postgres'], ports: 'random' })
    knex = createKnex({ client: 'pg', connection: stack.postgres.url })
    await migrate(knex)
  })
  after(async function () {
    this.timeout(30_000)
    await knex.destroy()
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('gives back what was put, the last one when put again', async () => {
    const store = postgresSecretStore(knex, newRing())
    const [organization, connection] = [newOrganization(), newConnection()]
    await store.put(organization, connection, { user: 'a', password: 'first' })()
    await store.put(organization, connection, { user: 'a', password: 'sé¢ond' })()
    expect(await store.get(organization, connection)()).to.deep.equal(
      E.right(E.right({ user: 'a', password: 'sé¢ond' })),
    )
  })

  it('knows no secret of another organization or connection', async () => {
    const store = postgresSecretStore(knex, newRing())
    const [organization, connection] = [newOrganization(), newConnection()]
    await store.put(organization, connection, { password: 'p' })()
    expect(await store.get(newOrganization(), connection)()).to.deep.equal(E.right(E.right(undefined)))
    expect(await store.get(organization, newConnection())()).to.deep.equal(E.right(E.right(undefined)))
  })

  it('stands in the table unreadable, and a row moved to another connection does not open', async () => {
    const store = postgresSecretStore(knex, newRing())
    const [organization, connection, other] = [newOrganization(), newConnection(), newConnection()]
    await store.put(organization, connection, { password: 'hunter2hunter2' })()
    const { rows } = await knex.raw<{ rows: ReadonlyArray<{ text: string }> }>(
      'SELECT connection_secrets::text AS text FROM connection_secrets WHERE connection_id = ?',
      [connection],
    )
    expect(rows[0]?.text).to.not.include('hunter2').and.not.include(Buffer.from('hunter2').toString('hex'))
    await knex.raw('UPDATE connection_secrets SET connection_id = ? WHERE connection_id = ?', [other, connection])
    expect(await store.get(organization, other)()).to.nested.include({ 'right.left._tag': 'SecretUnreadable' })
  })

  it('opens with an older key after a change of keys', async () => {
    const [older, newer] = [newRing(), newRing()]
    const [organization, connection] = [newOrganization(), newConnection()]
    await postgresSecretStore(knex, older).put(organization, connection, { password: 'p' })()
    const both = postgresSecretStore(knex, [newer[0], ...older])
    expect(await both.get(organization, connection)()).to.deep.equal(E.right(E.right({ password: 'p' })))
    expect(await postgresSecretStore(knex, newer).get(organization, connection)()).to.nested.include({
      'right.left._tag': 'SecretUnreadable',
    })
  })
})
