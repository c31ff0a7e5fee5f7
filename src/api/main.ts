import type { Logger } from 'pino'
import { probeConnection } from '../nodes/connections/probe'
import { checksIn, nodeThreads, probesOf } from '../nodes/preflight'
import { docxEngine } from '../nodes/template-inspection'
import { configOf } from '../process/config'
import { logger } from '../process/logger'
import { type Running, runProcess } from '../process/run'
import { auditQueries } from '../projections/audit/queries'
import { catalogQueries } from '../projections/catalog/queries'
import { executionQueries } from '../projections/executions/queries'
import { openRedis } from '../projections/live/redis'
import { liveTail } from '../projections/live/tail'
import { esdbEventStore } from '../stores/events/esdb'
import { postgresIdentityStore } from '../stores/identity/postgres'
import { openPostgres } from '../stores/postgres/open-postgres'
import { waitForDerivingKey } from '../stores/secrets/deriving-key'
import { postgresSecretStore } from '../stores/secrets/postgres'
import { app } from './app'
import { authenticator } from './auth/authenticate'
import { jwtVerifier } from './auth/jwt'
import { keyedBy } from './canonical'
import { ApiConfig } from './config'
import type { ProbeConnection } from './connections/test'
import { dependenciesOf } from './health/dependencies'
import { liveRoutes } from './live'
import { apiLog } from './log'
import { viewNonces } from './pages/view-nonce'
import { serve } from './server'

const graceMs = 3_000

const redisOf = (url: string | undefined, log: Logger) => {
  if (url === undefined) return undefined
  const open = () => openRedis(url, (reason) => log.warn({ reason }, 'Redis does not answer'))
  return { commands: open(), subscriber: open() }
}

const start = async (config: ApiConfig, log: Logger): Promise<Running> => {
  const store = esdbEventStore({ url: config.EVENTSTORE_URL, log })
  const database = openPostgres({
    url: config.DATABASE_URL,
    name: 'docg-api',
    connections: 10,
    warn: (said) => log.warn({ said }, 'database'),
  })
  const redis = redisOf(config.REDIS_URL, log)
  const tail = liveTail({ store, redis })
  const engine = docxEngine()
  const threads = nodeThreads()
  const keys = config.DOCG_SECRET_KEY
  const deriving = await waitForDerivingKey(database, keys, (reason) => log.warn({ reason }, 'waiting for PostgreSQL'))
  const jwtKey = config.JWT_SECRET ?? config.JWT_PUBLIC_KEY ?? config.JWT_JWKS_URL
  const authenticate = authenticator({
    identity: postgresIdentityStore(database),
    verifyJwt: jwtKey === undefined ? undefined : jwtVerifier(jwtKey),
  })
  const live = liveRoutes({ tail, authenticate })
  const requests = apiLog(log)
  const outgoing = {
    allowPrivateAddresses: config.OUTGOING_PRIVATE_ADDRESSES === 'allow',
    fileRoot: config.STORAGE_ROOT,
  }
  const secrets = postgresSecretStore(database, keys)
  const probe: ProbeConnection = (connection, secret) => probeConnection(connection, secret, { outgoing, secrets })
  let stopping = false

  const serving = await serve(
    app({
      authenticate,
      log: requests,
      store,
      keyed: keyedBy(deriving),
      nonces: viewNonces(deriving),
      canMail: config.SMTP_URL !== undefined,
      publicUrl: config.PUBLIC_URL,
      checks: checksIn(threads),
      probes: probesOf({ secrets, probeConnection: probe, blobs: config.BLOB_URL, docx: engine, outgoing }),
      blobs: config.BLOB_URL,
      secrets,
      engine,
      probeConnection: probe,
      executions: executionQueries(database),
      audit: auditQueries(database),
      catalog: catalogQueries(database),
      dependencies: dependenciesOf({
        store,
        knex: database,
        blobs: config.BLOB_URL,
        tail,
        hasRedis: redis !== undefined,
      }),
      isStopping: () => stopping,
      live: live.resources,
    }),
    config.PORT,
    config.HOST,
  )
  log.info({ port: serving.port }, 'listening')

  return {
    stop: async () => {
      stopping = true
      await Promise.all([live.close(graceMs), serving.drain()])
      tail.close()
      redis?.commands.disconnect()
      redis?.subscriber.disconnect()
      await Promise.all([engine.close(), threads.close(), store.close(), database.destroy()])
    },
  }
}

runProcess(configOf(ApiConfig)(process.env), ({ LOG_LEVEL }) => logger('api', LOG_LEVEL), start).catch(
  (error: unknown) => {
    process.stderr.write(`The API did not start: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
