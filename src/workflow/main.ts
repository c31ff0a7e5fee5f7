import { Client } from '@temporalio/client'
import { Runtime } from '@temporalio/worker'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { heartbeat } from '../consumers/heartbeat'
import { postgresCheckpoint } from '../consumers/postgres-checkpoint'
import { nodeTypeOf } from '../nodes/registry'
import { docxEngine } from '../nodes/uploaded-document/docx'
import { configOf } from '../process/config'
import { logger } from '../process/logger'
import { type Running, runProcess } from '../process/run'
import { esdbEventStore } from '../stores/events/esdb'
import { openPostgres } from '../stores/postgres/open-postgres'
import { postgresSecretStore } from '../stores/secrets/postgres'
import { WorkflowConfig } from './config'
import { executionActivities } from './execution/activities'
import { reacting } from './reacting'
import { isTemporalAway, temporalConnection, temporalEngine, temporalTrouble } from './temporal-engine'
import { temporalWorker } from './temporal-worker'

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
  const docx = docxEngine()
  const temporal = {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
  }
  const activities = executionActivities({
    log: store,
    nodeType: nodeTypeOf,
    newAuthor: randomUUID,
    services: {
      blobs: config.BLOB_URL,
      secrets: postgresSecretStore(database, config.DOCG_SECRET_KEY),
      docx,
      outgoing: {
        allowPrivateAddresses: config.OUTGOING_PRIVATE_ADDRESSES === 'allow',
        fileRoot: config.STORAGE_ROOT,
      },
    },
  })
  const connection = temporalConnection(temporal.address)
  const engine = temporalEngine(new Client({ connection, namespace: temporal.namespace }), temporal.taskQueue)
  const checkpoint = postgresCheckpoint(database, 'reactor', 1)
  const reactor = reacting({ store, log, signal: stop.signal }, checkpoint, engine, isTemporalAway)
  const trouble = temporalTrouble(connection, temporal.namespace, stop.signal)
  const health = () => ({ ...reactor.health(), reason: reactor.health().reason ?? trouble() })
  const beating = heartbeat(database, () => [health()], stop.signal)
  const worker = await temporalWorker(temporal, activities, config.WORKER_STEPS, stop.signal)

  return {
    failed: worker.ended.then(
      () => new Error('the worker ended'),
      (error: unknown) => new Error(String(error)),
    ),
    stop: async () => {
      stop.abort()
      await Promise.all([reactor.done, beating, worker.shutdown()])
      await Promise.all([connection.close(), docx.close(), store.close(), database.destroy()])
    },
  }
}

void runProcess(configOf(WorkflowConfig)(process.env), ({ LOG_LEVEL }) => logger('workflow', LOG_LEVEL), start)
