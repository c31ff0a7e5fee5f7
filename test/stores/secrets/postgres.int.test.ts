import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import createKnex, { type Knex } from 'knex'
import { type Stack, startStack } from '../../../src/embedded/stack'
import { revision } from '../../../src/domain/position'
import { migrate } from '../../../src/projections/migrate'
import { keyringOf, type Keyring } from '../../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../../src/stores/secrets/postgres'
import { newConnection, newOrganization, secretStoreContract } from '../../contract/secret-store'

const newRing = (): Keyring =>
  pipe(
    keyringOf(randomBytes(32).toString('base64')),
    E.getOrElse<string, Keyring>((problem) => {
      throw new Error(problem)
    }),
  )

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

  secretStoreContract('Postgres', () =>
    Promise.resolve({
      store: postgresSecretStore(knex, newRing()),
      forget: () => postgresSecretStore(knex, newRing()),
    }),
  )

  it('stand in the table unreadable, and a row moved to another connection does not open', async () => {
    const store = postgresSecretStore(knex, newRing())
    const [organization, connection, other] = [newOrganization(), newConnection(), newConnection()]
    await store.put(organization, connection, { password: 'hunter2hunter2' }, revision(0n))()
    const { rows } = await knex.raw<{ rows: ReadonlyArray<{ text: string }> }>(
      'SELECT connection_secrets::text AS text FROM connection_secrets WHERE connection_id = ?',
      [connection],
    )
    expect(rows[0]?.text).to.not.include('hunter2').and.not.include(Buffer.from('hunter2').toString('hex'))
    await knex.raw('UPDATE connection_secrets SET connection_id = ? WHERE connection_id = ?', [other, connection])
    expect(await store.get(organization, other)()).to.nested.include({ 'right.left._tag': 'SecretUnreadable' })
  })

  it('leave nothing of a secret that was taken away', async () => {
    const store = postgresSecretStore(knex, newRing())
    const [organization, connection] = [newOrganization(), newConnection()]
    await store.put(organization, connection, { password: 'p' }, revision(0n))()
    await store.remove(organization, connection, revision(1n))()
    const [row] = (await knex('connection_secrets').where({ connection_id: connection })) as ReadonlyArray<object>
    expect(row).to.include({ key_id: null, nonce: null, ciphertext: null, tag: null, revision: '1' })
  })

  it('open with an older key after a change of keys', async () => {
    const [older, newer] = [newRing(), newRing()]
    const [organization, connection] = [newOrganization(), newConnection()]
    await postgresSecretStore(knex, older).put(organization, connection, { password: 'p' }, revision(0n))()
    const both = postgresSecretStore(knex, [newer[0], ...older])
    expect(await both.get(organization, connection)()).to.deep.equal(E.right(E.right({ password: 'p' })))
  })
})
