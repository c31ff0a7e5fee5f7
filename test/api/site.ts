import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import pino from 'pino'
import { app, type Deps } from '../../src/api/app'
import { newApiKey, sha256Of } from '../../src/api/auth/api-key'
import { authenticator } from '../../src/api/auth/authenticate'
import { jwtVerifier } from '../../src/api/auth/jwt'
import { keyedBy } from '../../src/api/canonical'
import type { ProbeConnection } from '../../src/api/connections/test'
import { dependenciesOf } from '../../src/api/health/dependencies'
import { liveRoutes } from '../../src/api/live'
import { apiLog } from '../../src/api/log'
import { viewNonces } from '../../src/api/pages/view-nonce'
import { consume } from '../../src/consumers/consumer'
import type { EventStore } from '../../src/domain/event-store'
import { OrganizationId } from '../../src/domain/ids'
import { probeConnection } from '../../src/nodes/connections/probe'
import { checksIn, nodeThreads, probesOf } from '../../src/nodes/preflight'
import { docxEngine } from '../../src/nodes/template-inspection'
import { auditQueries } from '../../src/projections/audit/queries'
import { auditConsumer } from '../../src/projections/audit/write'
import { catalogQueries } from '../../src/projections/catalog/queries'
import { catalogProjection } from '../../src/projections/catalog/write'
import { executionQueries } from '../../src/projections/executions/queries'
import { executionsProjection } from '../../src/projections/executions/write'
import { liveTail } from '../../src/projections/live/tail'
import { projectionConsumer } from '../../src/projections/projection'
import type { BlobStore } from '../../src/stores/blobs/blob-store'
import { fileSystemBlobStore } from '../../src/stores/blobs/file-system'
import { esdbEventStore } from '../../src/stores/events/esdb'
import type { Role } from '../../src/domain/visibility'
import { postgresIdentityStore } from '../../src/stores/identity/postgres'
import { derivingKey } from '../../src/stores/secrets/deriving-key'
import { keyringOf } from '../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../src/stores/secrets/postgres'
import type { SecretStore } from '../../src/stores/secrets/secret-store'
import { startReadSide } from '../support/read-side'

/** An organization with a key of each role. */
export type Tenant = { readonly id: OrganizationId; readonly keys: Readonly<Record<Role, string>> }

/** The API on real servers, with the projections running beside it. */
export type Site = {
  readonly app: Express
  /** The same in another set-up. */
  readonly appWith: (change: Partial<Deps>) => Express
  readonly store: EventStore
  readonly knex: Knex
  readonly ours: Tenant
  readonly theirs: Tenant
  readonly jwtSecret: string
  readonly blobs: BlobStore
  readonly secrets: SecretStore
  readonly derivingKey: Uint8Array
  /** Lines that the API logged. */
  readonly logged: () => string
  /** From here on no thread checks anything. */
  readonly endThreads: () => Promise<void>
  /** How much there is: events, files, secrets. */
  readonly amounts: () => Promise<{ readonly events: string; readonly files: number; readonly secrets: number }>
  readonly stop: () => Promise<void>
}

const orThrow = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const tenant = async (knex: Knex, name: string, locale: 'pt-BR' | 'en'): Promise<Tenant> => {
  const identity = postgresIdentityStore(knex)
  const { id } = orThrow(
    await identity.addOrganization({ id: orThrow(OrganizationId.decode(randomUUID())), name, locale })(),
  )
  const key = async (role: Role): Promise<string> => {
    const text = newApiKey()
    orThrow(await identity.addKey({ id: randomUUID(), organizationId: id, name: role, role }, sha256Of(text))())
    return text
  }
  const [viewer, operator, auditor, admin] = await Promise.all([
    key('viewer'),
    key('operator'),
    key('auditor'),
    key('admin'),
  ])
  return { id, keys: { viewer, operator, auditor, admin } }
}

const filesBelow = async (folder: string): Promise<number> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).length

/** What others call the API, whatever port a test has it at. */
export const publicUrl = 'https://docg.example.com'

export const startSite = async (): Promise<Site> => {
  const readSide = await startReadSide(true)
  const { knex } = await readSide.database()
  const folder = await mkdtemp(join(tmpdir(), 'docg-api-'))
  const store = esdbEventStore({ url: readSide.eventStoreUrl })
  const blobs = fileSystemBlobStore(folder)
  const engine = docxEngine({ threads: 1 })
  const threads = nodeThreads({ threads: 1 })
  const keys = orThrow(keyringOf(randomBytes(32).toString('base64')))
  const secrets = postgresSecretStore(knex, keys)
  const deriving = orThrow(await derivingKey(knex, keys)())
  const tail = liveTail({ store, redis: undefined })
  const jwtSecret = randomBytes(32).toString('hex')
  const authenticate = authenticator({
    identity: postgresIdentityStore(knex),
    verifyJwt: jwtVerifier({ kind: 'secret', secret: jwtSecret }),
  })
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })
  const live = liveRoutes({ tail, authenticate })
  const stopping = new AbortController()
  const reading = { store, log, signal: stopping.signal }
  const consumers = [
    projectionConsumer({ knex, store }, executionsProjection),
    projectionConsumer({ knex, store }, catalogProjection),
    auditConsumer(knex),
  ].map((consumer) => consume(reading, consumer))

  const outgoing = { allowPrivateAddresses: true, fileRoot: undefined }
  const probe: ProbeConnection = (connection, secret) => probeConnection(connection, secret, { outgoing, secrets })

  const deps: Deps = {
    authenticate,
    log: apiLog(log),
    store,
    keyed: keyedBy(deriving),
    canMail: true,
    publicUrl,
    checks: checksIn(threads),
    probes: probesOf({ secrets, probeConnection: probe, blobs, docx: engine, outgoing }),
    nonces: viewNonces(deriving),
    blobs,
    secrets,
    engine,
    probeConnection: probe,
    executions: executionQueries(knex),
    audit: auditQueries(knex),
    catalog: catalogQueries(knex),
    dependencies: dependenciesOf({ store, knex, blobs, tail, hasRedis: false }),
    isStopping: () => false,
    live: live.resources,
  }

  return {
    app: app(deps),
    appWith: (change) => app({ ...deps, ...change }),
    store,
    knex,
    ours: await tenant(knex, 'Ours', 'pt-BR'),
    theirs: await tenant(knex, 'Theirs', 'en'),
    jwtSecret,
    blobs,
    secrets,
    derivingKey: deriving,
    logged: () => lines.join(''),
    endThreads: threads.close,
    amounts: async () => {
      const tailNow = orThrow(await store.tail())
      const kept: ReadonlyArray<unknown> = await knex('connection_secrets').select('connection_id')
      return { events: String(tailNow?.commit ?? ''), files: await filesBelow(folder), secrets: kept.length }
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(consumers.map(({ done }) => done))
      tail.close()
      await engine.close()
      await threads.close()
      await store.close()
      await readSide.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
