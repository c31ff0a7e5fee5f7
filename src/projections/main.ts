import type { Logger } from 'pino'
import { allStreams, consume } from '../consumers/consumer'
import { heartbeat } from '../consumers/heartbeat'
import { postgresCheckpoint } from '../consumers/postgres-checkpoint'
import { sharedTail } from '../consumers/shared-tail'
import { configOf } from '../process/config'
import { logger } from '../process/logger'
import { type Running, runProcess } from '../process/run'
import { esdbEventStore } from '../stores/events/esdb'
import { openPostgres } from '../stores/postgres/open-postgres'
import { auditConsumer } from './audit/write'
import { catalogProjection } from './catalog/write'
import { ProjectionsConfig } from './config'
import { executionsProjection } from './executions/write'
import { liveConsumer, liveConsumerName } from './live/consumer'
import { livePublisher } from './live/publish'
import { openRedis } from './live/redis'
import { projectionConsumer } from './projection'

const start = (config: ProjectionsConfig, log: Logger): Promise<Running> => {
  const knex = openPostgres({
    url: config.DATABASE_URL,
    name: 'docg-projections',
    connections: 10,
    answerMs: 8_000,
    synchronousCommit: false,
    warn: (message) => log.warn({ message }, 'PostgreSQL does not answer'),
  })
  const store = esdbEventStore({ url: config.EVENTSTORE_URL, log })
  const redis =
    config.REDIS_URL === undefined
      ? undefined
      : openRedis(config.REDIS_URL, (reason) => log.warn({ reason }, 'Redis does not answer'))
  const stopping = new AbortController()
  const { signal } = stopping

  const shared = { subscribe: sharedTail(store.subscribe, allStreams) }

  const live = (to: NonNullable<typeof redis>) =>
    liveConsumer(
      livePublisher({ redis: to, store, maxlen: config.REDIS_STREAM_MAXLEN, ttl: config.REDIS_STREAM_TTL, log }),
      postgresCheckpoint(knex, liveConsumerName, 1),
    )
  const consumers = [
    projectionConsumer({ knex, store }, executionsProjection),
    projectionConsumer({ knex, store }, catalogProjection),
    auditConsumer(knex),
    ...(redis === undefined ? [] : [live(redis)]),
  ].map((consumer) => consume({ store: shared, log, signal }, consumer))
  const beating = heartbeat(knex, () => consumers.map(({ health }) => health()), signal)

  return Promise.resolve({
    stop: async () => {
      stopping.abort()
      await Promise.all([beating, ...consumers.map(({ done }) => done)])
      redis?.disconnect()
      await store.close()
      await knex.destroy()
    },
  })
}

void runProcess(configOf(ProjectionsConfig)(process.env), ({ LOG_LEVEL }) => logger('projections', LOG_LEVEL), start)
