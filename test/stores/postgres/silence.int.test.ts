import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import { consume } from '../../../src/consumers/consumer'
import { isTransient } from '../../../src/consumers/transient'
import type { ConnectionId, OrganizationId } from '../../../src/domain/ids'
import { auditConsumer } from '../../../src/projections/audit/write'
import { openPostgres } from '../../../src/stores/postgres/open-postgres'
import { revision } from '../../../src/domain/position'
import { keyringOf } from '../../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../../src/stores/secrets/postgres'
import { delivered, eventsTo, feed } from '../../consumers/deliveries'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy'
import { type ReadSide, startReadSide } from '../../support/read-side'
import { until } from '../../support/until'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('when PostgreSQL falls silent', function () {
  this.timeout(60_000)
  let readSide: ReadSide
  let proxy: FaultProxy
  let direct: Knex
  let knex: Knex
  before(async () => {
    readSide = await startReadSide(false)
  })
  after(() => readSide.stop())
  beforeEach(async () => {
    const database = await readSide.database()
    direct = database.knex
    const { hostname, port } = new URL(database.url)
    proxy = await startFaultProxy({ host: hostname, port: Number(port) })
    const url = database.url.replace(`:${port}`, `:${proxy.port}`)
    knex = openPostgres({ url, name: 'test', connections: 2, answerMs: 500 })
    await knex.raw('SELECT 1')
  })
  afterEach(async () => {
    await proxy.stop()
    await knex.destroy()
  })

  const failure = () =>
    knex.raw('SELECT 1').then(
      () => undefined,
      (error: unknown) => error,
    )

  for (const fault of ['stall', 'hold-requests', 'hold-answers'] as const)
    it(`a query fails soon (${fault}), the next ones too, all worth another try; then all is well again`, async () => {
      await proxy.set(fault)
      for (let n = 0; n < 3; n++) expect(isTransient(await failure()), String(n)).to.equal(true)
      await proxy.set('pass')
      await until(async () => (await failure()) === undefined)
    })

  it('the connection is not used again: a new one answers though the old one never will', async () => {
    proxy.freeze()
    expect(String(await failure())).to.include('Query read timeout')
    expect(await failure()).to.equal(undefined)
  })

  it('ends a statement that takes too long, and keeps the connection', async () => {
    const before = proxy.accepted()
    const slow = await knex.raw('SELECT pg_sleep(20)').then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(isTransient(slow)).to.equal(true)
    expect(await failure()).to.equal(undefined)
    expect(proxy.accepted()).to.equal(before)
  })

  it('the secret store says that it is not available', async () => {
    const keys = keyringOf(randomBytes(32).toString('base64'))
    if (E.isLeft(keys)) throw new Error(keys.left)
    const store = postgresSecretStore(knex, keys.right)
    const [organization, connection] = [randomUUID() as OrganizationId, randomUUID() as ConnectionId]
    await proxy.set('stall')
    for (const asked of [
      store.get(organization, connection)(),
      store.put(organization, connection, { a: 'b' }, revision(0n))(),
    ])
      expect(await asked).to.nested.include({ 'left._tag': 'SecretStoreUnavailable' })
  })

  it('a consumer goes on: on new connections, or when it speaks again, and knows meanwhile that its lease is over', async () => {
    const [first, second, third] = eventsTo(3)
    const store = feed(delivered(first!))
    const stop = new AbortController()
    const { health, done } = consume({ store, log: quiet, signal: stop.signal }, auditConsumer(knex))
    const reached = (n: number) =>
      until(async () => {
        const row = await direct<{ readonly commit_position: string }>('checkpoints').first()
        return row?.commit_position === String(n)
      }, 30_000)
    await reached(1)
    proxy.freeze()
    store.give(delivered(second!))
    await reached(2)
    await proxy.set('stall')
    await until(() => health().state === 'standby', 30_000)
    store.give(delivered(third!))
    await proxy.set('pass')
    await reached(3)
    stop.abort()
    await done
  })
})
