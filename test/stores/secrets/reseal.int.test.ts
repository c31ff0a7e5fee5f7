import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import createKnex, { type Knex } from 'knex'
import { type Stack, startStack } from '../../../src/embedded/stack'
import type { ConnectionId, OrganizationId } from '../../../src/domain/ids'
import { revision } from '../../../src/domain/position'
import { migrate } from '../../../src/projections/migrate'
import { derivingKey, renewDerivingKey, waitForDerivingKey } from '../../../src/stores/secrets/deriving-key'
import { keyringOf, type Keyring } from '../../../src/stores/secrets/keyring'
import { placeOf, postgresSecretStore } from '../../../src/stores/secrets/postgres'
import { reseal } from '../../../src/stores/secrets/reseal'
import { seal } from '../../../src/stores/secrets/seal'
import { right } from '../../support/send'
import { until } from '../../support/until'

const newKey = () => randomBytes(32).toString('base64')
const ring = (...keys: ReadonlyArray<string>): Keyring => right(keyringOf(keys.join(',')))
const quiet = () => undefined

type Place = { readonly organization: OrganizationId; readonly connection: ConnectionId }

describe('a change of the key that seals', () => {
  let folder = ''
  let stack: Stack<'postgres'>
  let knex: Knex
  const children: ChildProcess[] = []

  before(async function () {
    this.timeout(60_000)
    folder = await mkdtemp(join(tmpdir(), 'docg-reseal-'))
    stack = await startStack({ dataDir: folder, env: process.env, only: ['postgres'], ports: 'random' })
    knex = createKnex({ client: 'pg', connection: stack.postgres.url })
    await migrate(knex)
  })
  beforeEach(() => knex.raw('TRUNCATE connection_secrets, deriving_key'))
  after(async function () {
    this.timeout(30_000)
    for (const child of children) child.kill('SIGKILL')
    await knex.destroy()
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** So many secrets, each of its number. */
  const stored = async (keys: Keyring, count: number): Promise<ReadonlyArray<Place>> => {
    const places = Array.from({ length: count }, () => ({
      organization: randomUUID() as OrganizationId,
      connection: randomUUID() as ConnectionId,
    }))
    const rows = places.map(({ organization, connection }, n) => ({
      organization_id: organization,
      connection_id: connection,
      ...seal(keys, placeOf(organization, connection), JSON.stringify({ n })),
    }))
    await knex.batchInsert('connection_secrets', rows, 500)
    return places
  }
  const readable = async (keys: Keyring, places: ReadonlyArray<Place>): Promise<number> => {
    const store = postgresSecretStore(knex, keys)
    let count = 0
    for (const [n, { organization, connection }] of places.entries()) {
      const got = right(await store.get(organization, connection)())
      if (E.isRight(got) && got.right?.['n'] === n) count += 1
    }
    return count
  }
  const waiting = async ([{ id }]: Keyring): Promise<number> => {
    const rows: ReadonlyArray<unknown> = await knex('connection_secrets').whereNot({ key_id: id }).select('key_id')
    return rows.length
  }
  const admin = (keys: string, ...args: ReadonlyArray<string>) => {
    const script = join(__dirname, '../../../src/api/admin-main.ts')
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', script, ...args], {
      env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: stack.postgres.url, DOCG_SECRET_KEY: keys },
    })
    children.push(child)
    const said = { out: '', error: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()))
    return { child, ended: once(child, 'close').then(() => ({ code: child.exitCode, ...said })) }
  }

  it('moves everything to the first key, in pages, after which the old one can go', async () => {
    const [old, fresh] = [newKey(), newKey()]
    const places = await stored(ring(old), 450)
    const derived = right(await derivingKey(knex, ring(old))())
    const progress: Array<readonly [number, number]> = []
    const asked = {
      knex,
      keys: ring(fresh, old),
      dryRun: false,
      onProgress: (...at: readonly [number, number]) => void progress.push(at),
    }
    const untouched = { unreadable: [], unreadableCount: 0, left: 0 }
    expect(await reseal({ ...asked, dryRun: true })).to.deep.equal({ moved: 451, ...untouched })
    expect(await waiting(ring(fresh))).to.equal(450)
    expect(await reseal(asked)).to.deep.equal({ moved: 451, ...untouched })
    expect(progress.slice(3)).to.deep.equal([
      [200, 450],
      [400, 450],
      [450, 450],
    ])
    expect(await readable(ring(fresh), places)).to.equal(450)
    expect(right(await derivingKey(knex, ring(fresh))())).to.deep.equal(derived)
    expect(await reseal(asked)).to.deep.equal({ moved: 0, ...untouched })
  })

  it('names what no key opens, leaves it as it is, and moves the rest', async () => {
    const [lost, old, fresh] = [newKey(), newKey(), newKey()]
    const [gone] = await stored(ring(lost), 1)
    const places = await stored(ring(old), 3)
    await derivingKey(knex, ring(lost))()
    const keys = ring(fresh, old)
    const name = placeOf(gone!.organization, gone!.connection)
    expect(await reseal({ knex, keys, dryRun: false, onProgress: quiet })).to.deep.equal({
      moved: 3,
      unreadable: ['deriving key', name],
      unreadableCount: 2,
      left: 0,
    })
    expect(await readable(keys, places)).to.equal(3)
    expect(await readable(ring(lost), [gone!])).to.equal(1)

    const ended = await admin(`${fresh},${old}`, 'secrets', 'reseal', '--dry-run').ended
    expect(ended).to.deep.include({ code: 1 })
    expect(ended.error).to.include('2 that no key opens').and.include(name)
    expect(await admin(`${fresh},${lost}`, 'secrets', 'reseal').ended).to.deep.include({ code: 0, error: '' })
  }).timeout(60_000)

  it('does not undo what a running process stores meanwhile, and says when that one still has the old key first', async () => {
    const [old, fresh] = [newKey(), newKey()]
    const [place] = await stored(ring(old), 1)
    const { organization, connection } = place!
    const put = (keys: Keyring, n: number) =>
      postgresSecretStore(knex, keys).put(organization, connection, { n }, revision(BigInt(n)))()
    let meanwhile: () => Promise<unknown> = () => put(ring(fresh, old), 7)
    /** Stores another secret after each page was read. */
    const between = new Proxy(knex, {
      get: (target, name) =>
        name !== 'raw'
          ? (Reflect.get(target, name) as unknown)
          : async (text: string, bindings: Knex.RawBinding[]) => {
              const result: unknown = await target.raw(text, bindings)
              if (text.includes('ORDER BY organization_id')) await meanwhile()
              return result
            },
    })
    const keys = ring(fresh, old)
    const asked = { knex: between, keys, dryRun: false, onProgress: quiet }
    expect(await reseal(asked)).to.deep.include({ moved: 0, left: 0 })
    const got = await postgresSecretStore(knex, ring(fresh)).get(organization, connection)()
    expect(got).to.deep.equal(E.right(E.right({ n: 7 })))

    let n = 7
    meanwhile = () => put(ring(old), (n += 1))
    await meanwhile()
    expect(await reseal(asked)).to.deep.include({ moved: 0, left: 1 })
    expect(right(await postgresSecretStore(knex, keys).get(organization, connection)())).to.deep.equal(E.right({ n }))
  })

  it('is done once by two processes at once', async () => {
    const [old, fresh] = [newKey(), newKey()]
    const places = await stored(ring(old), 1_500)
    const both = await Promise.all([1, 2].map(() => admin(`${fresh},${old}`, 'secrets', 'reseal').ended))
    for (const ended of both) expect(ended).to.deep.include({ code: 0, error: '' })
    const moved = both.map(({ out }) => Number(/^(\d+) sealed/m.exec(out)?.[1]))
    expect(moved.reduce((a, b) => a + b)).to.equal(1_500)
    expect(await readable(ring(fresh), places)).to.equal(1_500)
  }).timeout(90_000)

  it('goes on where it was killed', async () => {
    const [old, fresh] = [newKey(), newKey()]
    const places = await stored(ring(old), 1_000)
    const stopper = await knex.transaction()
    await stopper.raw(
      `SELECT 1 FROM connection_secrets ORDER BY organization_id DESC, connection_id DESC LIMIT 1 FOR UPDATE`,
    )
    const killed = admin(`${fresh},${old}`, 'secrets', 'reseal')
    await until(async () => (await waiting(ring(fresh))) <= 200, 60_000)
    killed.child.kill('SIGKILL')
    await killed.ended
    await stopper.rollback()
    expect(await waiting(ring(fresh))).to.equal(200)
    expect(await readable(ring(fresh, old), places)).to.equal(1_000)
    const ended = await admin(`${fresh},${old}`, 'secrets', 'reseal').ended
    expect(ended).to.deep.include({ code: 0, error: '' })
    expect(ended.out).to.include('200 of 200').and.include('200 sealed with the first key')
    expect(await readable(ring(fresh), places)).to.equal(1_000)
  }).timeout(90_000)

  it('needs a key that is one', async () => {
    const ended = await admin('short', 'secrets', 'reseal').ended
    expect(ended).to.deep.include({ code: 1, out: '' })
    expect(ended.error).to.include('DOCG_SECRET_KEY must be 32 bytes in base64').and.not.include('short')
  }).timeout(30_000)

  describe('and what is derived', () => {
    it('stays the same for every process of a database, whichever came first', async () => {
      const keys = ring(newKey())
      const all = await Promise.all([1, 2, 3, 4].map(() => waitForDerivingKey(knex, keys, quiet)))
      expect(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size).to.equal(1)
      expect(all[0]).to.have.length(32)
      expect(Buffer.from(all[0]!).equals(keys[0].bytes)).to.equal(false)
    })

    it('is refused where no key opens it, and renewed only there', async () => {
      const [lost, fresh] = [newKey(), newKey()]
      const before = right(await derivingKey(knex, ring(lost))())
      expect(await derivingKey(knex, ring(fresh))()).to.nested.include({ 'left._tag': 'SecretUnreadable' })
      const refusal = await waitForDerivingKey(knex, ring(fresh), quiet).catch(String)
      expect(refusal).to.include('secrets renew').and.not.include(fresh)
      expect(await renewDerivingKey(knex, ring(fresh, lost))()).to.deep.equal(E.right('readable'))
      expect(await admin(fresh, 'secrets', 'renew').ended).to.include({ code: 0 })
      const after = right(await derivingKey(knex, ring(fresh))())
      expect(after).to.not.deep.equal(before)
      expect(await admin(fresh, 'secrets', 'renew').ended).to.include({
        code: 1,
        error: 'A key opens it: there is nothing to renew.\n',
      })
    }).timeout(60_000)
  })
})
