import { Client } from '@temporalio/client'
import { Runtime } from '@temporalio/worker'
import { randomUUID } from 'node:crypto'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Logger } from 'pino'
import { heartbeat } from '../consumers/heartbeat'
import { postgresCheckpoint } from '../consumers/postgres-checkpoint'
import { probeConnection } from '../nodes/connections/probe'
import { keptSessions } from '../nodes/email/smtp-sessions'
import { fillingIn } from '../nodes/node-work/filling'
import { checksIn, nodeThreads, patientChecks, probesOf } from '../nodes/preflight'
import { nodeTypeOf } from '../nodes/registry'
import { unavailable } from '../nodes/steps/faults'
import { docxEngine } from '../nodes/uploaded-document/docx'
import { configOf } from '../process/config'
import { logger } from '../process/logger'
import { type Running, runProcess } from '../process/run'
import { esdbEventStore } from '../stores/events/esdb'
import { openPostgres } from '../stores/postgres/open-postgres'
import { postgresIdentityStore } from '../stores/identity/postgres'
import { waitForDerivingKey } from '../stores/secrets/deriving-key'
import { postgresSecretStore } from '../stores/secrets/postgres'
import { WorkflowConfig } from './config'
import { executionActivities } from './execution/activities'
import { cancelWatch } from './execution/cancel-watch'
import { catalogOf } from './execution/catalog'
import { mostInside } from './execution/step-slots'
import { openRuns } from './open-runs'
import { mailerOf } from './mailer'
import { reacting } from './reacting'
import { reconcile } from './reconcile'
import {
  isTemporalAway,
  runsWithWorkflow,
  temporalConnection,
  temporalEngine,
  temporalTrouble,
} from './temporal-engine'
import { temporalWorker } from './temporal-worker'

const now = (): string => new Date().toISOString()

const start = async (config: WorkflowConfig, log: Logger): Promise<Running> => {
  Runtime.install({ shutdownSignals: [] })
  const stop = new AbortController()
  const store = esdbEventStore({ url: config.EVENTSTORE_URL, log })
  const database = openPostgres({
    url: config.DATABASE_URL,
    name: 'docg-workflow',
    connections: 4,
    warn: (said) => log.warn({ said }, 'database'),
  })
  const deriving = await waitForDerivingKey(database, config.DOCG_SECRET_KEY, (reason) =>
    log.warn({ reason }, 'waiting for PostgreSQL'),
  )
  const docx = docxEngine()
  const threads = nodeThreads()
  const smtp = keptSessions()
  const outgoing = {
    allowPrivateAddresses: config.OUTGOING_PRIVATE_ADDRESSES === 'allow',
    fileRoot: config.STORAGE_ROOT,
  }
  const secrets = postgresSecretStore(database, config.DOCG_SECRET_KEY)
  const temporal = {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
  }
  const activities = executionActivities(
    {
      log: store,
      catalog: catalogOf(store),
      nodeType: nodeTypeOf,
      author: randomUUID(),
      checks: checksIn(threads, patientChecks),
      probes: probesOf({
        secrets,
        probeConnection: (connection, secret) => probeConnection(connection, secret, { outgoing, secrets }),
        blobs: config.BLOB_URL,
        docx,
        outgoing,
      }),
      fillTexts: fillingIn(threads),
      now,
      onCancel: cancelWatch(store),
      deleteDocument: ({ sha256 }) => pipe(config.BLOB_URL.remove(sha256), TE.mapLeft(unavailable)),
      services: {
        blobs: config.BLOB_URL,
        secrets,
        docx,
        outgoing,
        smtp,
        mailer: mailerOf({
          server: config.SMTP_URL,
          from: config.MAIL_FROM,
          publicUrl: config.PUBLIC_URL,
          derivingKey: deriving,
          policy: outgoing,
          identity: postgresIdentityStore(database),
        }),
      },
    },
    config.WORKER_STEPS,
  )
  const connection = temporalConnection(temporal.address)
  const client = new Client({ connection, namespace: temporal.namespace })
  const engine = temporalEngine(client, temporal.taskQueue)
  const open = openRuns(database, postgresCheckpoint(database, 'reactor', 1))
  const withWorkflow = runsWithWorkflow(client)
  const reactor = reacting({
    store,
    log,
    signal: stop.signal,
    open,
    engine,
    isAway: isTemporalAway,
    reconcile: async () => {
      const mended = await reconcile({ store, open, engine, withWorkflow, now }, false)
      if (mended.length > 0) log.warn({ runs: mended.length }, 'runs without an open workflow were mended')
    },
  })
  const trouble = temporalTrouble(connection, temporal.namespace, stop.signal)
  const health = () => ({ ...reactor.health(), reason: reactor.health().reason ?? trouble() })
  const beating = heartbeat(database, () => [health()], stop.signal)
  const worker = await temporalWorker(temporal, activities, mostInside(config.WORKER_STEPS), stop.signal)

  return {
    failed: worker.ended.then(
      () => new Error('the worker ended'),
      (error: unknown) => new Error(String(error)),
    ),
    stop: async () => {
      stop.abort()
      await Promise.all([reactor.done, beating, worker.shutdown()])
      smtp.close()
      await Promise.all([connection.close(), docx.close(), threads.close(), store.close(), database.destroy()])
    },
  }
}

runProcess(configOf(WorkflowConfig)(process.env), ({ LOG_LEVEL }) => logger('workflow', LOG_LEVEL), start).catch(
  (error: unknown) => {
    process.stderr.write(`The workflow did not start: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
