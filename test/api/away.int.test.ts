import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Express } from 'express'
import * as TE from 'fp-ts/TaskEither'
import type { Knex } from 'knex'
import pino from 'pino'
import request from 'supertest'
import { app } from '../../src/api/app'
import { type Authenticate, authenticator } from '../../src/api/auth/authenticate'
import { newApiKey } from '../../src/api/auth/api-key'
import { keyedBy } from '../../src/api/canonical'
import { dependenciesOf } from '../../src/api/health/dependencies'
import { liveRoutes } from '../../src/api/live'
import { apiLog } from '../../src/api/log'
import type { EventStore } from '../../src/domain/event-store'
import type { OrganizationId } from '../../src/domain/ids'
import { freePorts } from '../../src/embedded/ports'
import { checksIn, nodeThreads } from '../../src/nodes/preflight'
import { docxEngine, type DocxEngine } from '../../src/nodes/template-inspection'
import { auditQueries } from '../../src/projections/audit/queries'
import { catalogQueries } from '../../src/projections/catalog/queries'
import { executionQueries } from '../../src/projections/executions/queries'
import { type LiveTail, liveTail } from '../../src/projections/live/tail'
import { fileSystemBlobStore } from '../../src/stores/blobs/file-system'
import { esdbEventStore } from '../../src/stores/events/esdb'
import { postgresIdentityStore } from '../../src/stores/identity/postgres'
import { openPostgres } from '../../src/stores/postgres/open-postgres'
import { keyringOf } from '../../src/stores/secrets/keyring'
import { postgresSecretStore } from '../../src/stores/secrets/postgres'
import { nobodyAsked } from '../support/probes'
import { bodyOf, contract, manual } from './requests'
import { viewNonces } from '../../src/api/pages/view-nonce'

const organization = randomUUID() as string as OrganizationId
const admin: Authenticate = () =>
  TE.right({ actor: { type: 'user', id: 'ana' }, organization, locale: 'en', roles: ['admin'] })

describe('when what it needs is away, the API', () => {
  let store: EventStore
  let away: Knex
  let silent: Knex
  let peer: Server
  let engine: DocxEngine
  let tail: LiveTail
  let folder: string
  let port: number
  const lines: string[] = []
  before(async () => {
    const [free = 0] = await freePorts(1)
    port = free
    folder = await mkdtemp(join(tmpdir(), 'docg-away-'))
    const patience = { attempts: 2, attemptMs: 300, totalMs: 600, backoff: { firstMs: 50, maxMs: 50 } }
    store = esdbEventStore({
      url: `esdb://127.0.0.1:${port}?tls=false`,
      timeouts: { append: patience, read: patience },
    })
    away = openPostgres({ url: `postgres://hunter2@127.0.0.1:${port}/x`, name: 'test', connections: 2 })
    peer = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(peer, 'listening')
    const { port: quiet } = peer.address() as AddressInfo
    silent = openPostgres({ url: `postgres://hunter2@127.0.0.1:${quiet}/x`, name: 'test', connections: 2 })
    engine = docxEngine({ threads: 1 })
    tail = liveTail({ store, redis: undefined })
  })
  after(async () => {
    tail.close()
    peer.close()
    await Promise.all([engine.close(), store.close(), away.destroy(), silent.destroy()])
    await rm(folder, { recursive: true, force: true })
  })

  const api = (authenticate: Authenticate, database = away): Express => {
    const keys = keyringOf(Buffer.alloc(32, 1).toString('base64'))
    if (keys._tag === 'Left') throw new Error(keys.left)
    const blobs = fileSystemBlobStore(folder)
    return app({
      authenticate,
      log: apiLog(pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })),
      store,
      keyed: keyedBy(Buffer.alloc(32, 1)),
      blobs,
      secrets: postgresSecretStore(database, keys.right),
      engine,
      probeConnection: () => () => Promise.resolve([]),
      executions: executionQueries(database),
      audit: auditQueries(database),
      catalog: catalogQueries(database),
      dependencies: dependenciesOf({ store, knex: database, blobs, tail, hasRedis: false }),
      isStopping: () => false,
      canMail: false,
      publicUrl: 'http://localhost',
      probes: nobodyAsked,
      checks: checksIn(nodeThreads()),
      nonces: viewNonces(Buffer.alloc(32, 1)),
      live: liveRoutes({ tail, authenticate }).resources,
    })
  }

  const said = async (sent: request.Test): Promise<unknown> => {
    const answer = await sent.set('Accept-Language', 'en')
    expect(answer.text).to.not.match(new RegExp(`${port}|hunter2|ECONNREFUSED`))
    expect(answer.headers['retry-after']).to.match(/^[1-9]$/)
    return [answer.status, bodyOf(answer)['code']]
  }

  it('takes no command, and says when to come again', async () => {
    const sent = request(api(admin))
      .post('/api/v1/workflows')
      .send({ name: 'W', nodes: [manual] })
    expect(await said(sent)).to.deep.equal([503, 'event_store_unavailable'])
    const upload = request(api(admin))
      .post('/api/v1/templates')
      .field('name', 'T')
      .attach('file', Buffer.from(await contract()), 'a.docx')
    expect(await said(upload)).to.deep.equal([503, 'event_store_unavailable'])
  })

  it('reads no rows', async () => {
    for (const path of ['/executions', '/workflows', `/executions/${randomUUID()}`, `/documents/${randomUUID()}`])
      expect(await said(request(api(admin)).get(`/api/v1${path}`)), path).to.deep.equal([503, 'read_side_unavailable'])
  })

  it('reads no rows, and knows nobody, while PostgreSQL accepts and says nothing', async () => {
    expect(await said(request(api(admin, silent)).get('/api/v1/workflows'))).to.deep.equal([
      503,
      'read_side_unavailable',
    ])
    const authenticate = authenticator({ identity: postgresIdentityStore(silent), verifyJwt: undefined })
    const sent = request(api(authenticate, silent))
      .get('/api/v1/workflows')
      .set('Authorization', `Bearer ${newApiKey()}`)
    expect(await said(sent)).to.deep.equal([503, 'identity_unavailable'])
  })

  it('knows nobody', async () => {
    const authenticate = authenticator({ identity: postgresIdentityStore(away), verifyJwt: undefined })
    const sent = request(api(authenticate)).get('/api/v1/executions').set('Authorization', `Bearer ${newApiKey()}`)
    expect(await said(sent)).to.deep.equal([503, 'identity_unavailable'])
  })

  it('is live and not ready, and names what is down', async () => {
    await request(api(admin)).get('/health/live').expect(200)
    const ready = await request(api(admin)).get('/health/ready').expect(503)
    expect(ready.text).to.not.match(new RegExp(`${port}|hunter2`))
    expect(bodyOf(ready)).to.include({ status: 'not_ready' })
    expect(bodyOf(ready)['dependencies']).to.deep.include({
      event_store: { state: 'down', reason: 'does not answer' },
      postgres: { state: 'down', reason: 'does not answer' },
      files: { state: 'up' },
    })
  })

  it('answers a fault of its own without telling of it', async () => {
    const broken: Authenticate = () => () => Promise.reject(new Error('hunter2 is the password'))
    const answer = await request(api(broken)).get('/api/v1/executions').expect(500)
    expect(bodyOf(answer)).to.include({ code: 'internal_error' })
    expect(answer.text).to.not.include('hunter2')
    expect(lines.join('')).to.include(String(bodyOf(answer)['correlation_id']))
  })
})
