import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import createKnex, { type Knex } from 'knex'
import { revision } from '../../../src/domain/position'
import { type Stack, startStack } from '../../../src/embedded/stack'
import { migrate } from '../../../src/projections/migrate'
import { keyringOf } from '../../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../../src/stores/secrets/postgres'
import type { SecretStore } from '../../../src/stores/secrets/secret-store'
import { newConnection, newOrganization } from '../../contract/secret-store'
import { type HubSpot, startHubSpot } from '../../support/hubspot'
import { right } from '../../support/send'

const program = join(__dirname, 'renewing-process.ts')

describe('a token that does not last', () => {
  let folder = ''
  let stack: Stack<'postgres'>
  let knex: Knex
  let hubSpot: HubSpot
  let store: SecretStore
  const key = randomBytes(32).toString('base64')
  const children: ChildProcessWithoutNullStreams[] = []

  before(async function () {
    this.timeout(60_000)
    folder = await mkdtemp(join(tmpdir(), 'docg-renewal-'))
    stack = await startStack({ dataDir: folder, env: process.env, only: ['postgres'], ports: 'random' })
    knex = createKnex({ client: 'pg', connection: stack.postgres.url })
    await migrate(knex)
    store = postgresSecretStore(knex, right(keyringOf(key)))
    hubSpot = await startHubSpot()
  })
  after(async function () {
    this.timeout(30_000)
    for (const child of children) child.kill()
    await hubSpot.stop()
    await knex.destroy()
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const stored = async (secret: Readonly<Record<string, string>>) => {
    const place = [newOrganization(), newConnection()] as const
    right(await store.put(...place, secret, revision(0n))())
    return place
  }

  it('is renewed once by two processes that need it at the same time, and stands sealed', async function () {
    this.timeout(60_000)
    const oauth = { client_id: 'app', client_secret: 'app-secret', refresh_token: 'refresh-good' }
    const [organization, connection] = await stored(oauth)
    const processes = [1, 2].map(() => {
      const args = [stack.postgres.url, key, hubSpot.url, organization, connection]
      const child = spawn(process.execPath, ['--require', 'tsx/cjs', program, ...args])
      children.push(child)
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
    })
    const said = () => Promise.all(processes.map(async ({ lines }) => String((await lines.next()).value)))
    expect(await said()).to.deep.equal(['ready', 'ready'])
    // long enough that both are at it
    hubSpot.behaviour.slownessMs = 500
    for (const { child } of processes) child.stdin.write('go\n')
    const same = Array.from({ length: 5 }, () => 'access-1').join(' ')
    expect(await said()).to.deep.equal([same, same])
    expect(hubSpot.refreshed()).to.equal(1)
    for (const { child } of processes) child.stdin.end()
    await Promise.all(processes.map(({ child }) => once(child, 'close')))
    expect(right(right(await store.get(organization, connection)()))).to.deep.include({ access_token: 'access-1' })
    const { rows } = await knex.raw<{ rows: ReadonlyArray<{ text: string }> }>(
      'SELECT connection_secrets::text AS text FROM connection_secrets WHERE connection_id = ?',
      [connection],
    )
    expect(rows[0]?.text).to.not.include(Buffer.from('access-1').toString('hex'))
  })

  const isDue = () => true
  const renewal = (to: string) => ({ isDue, renew: () => TE.right({ token: to }) })

  it('that was given anew while it was renewed stays as it was given', async () => {
    const place = await stored({ token: 'old' })
    const renewed = await store.renew(...place, {
      isDue: ({ token }) => token === 'old',
      renew: () => async () => {
        right(await store.put(...place, { token: 'given' }, revision(1n))())
        return E.right({ token: 'renewed' })
      },
    })()
    expect(renewed).to.deep.equal(E.right(E.right({ token: 'given' })))
    expect(await store.get(...place)()).to.deep.equal(E.right(E.right({ token: 'given' })))
  })

  it('is renewed by the next where that failed, and where who was at it died', async () => {
    const place = await stored({ token: 'old' })
    expect(await store.renew(...place, { isDue, renew: () => TE.left('no') })()).to.deep.equal(E.left('no'))
    expect(await store.renew(...place, renewal('next'))()).to.deep.equal(E.right(E.right({ token: 'next' })))
    await knex.raw(
      `UPDATE connection_secrets SET renewed_by = gen_random_uuid(), renewed_until = now() + interval '300 ms' WHERE connection_id = ?`,
      [place[1]],
    )
    expect(await store.renew(...place, renewal('after'))()).to.deep.equal(E.right(E.right({ token: 'after' })))
    const nowhere = await store.renew(newOrganization(), place[1], renewal('x'))()
    expect(nowhere).to.deep.equal(E.right(E.right(undefined)))
  })
})
