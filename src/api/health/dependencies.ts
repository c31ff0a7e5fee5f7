import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { EventStore } from '../../domain/event-store'
import { readerStatuses } from '../../projections/health/readers'
import type { LiveTail } from '../../projections/live/tail'
import type { BlobStore } from '../../stores/blobs/blob-store'
import type { Dependencies, Health } from './health'

type Deps = {
  readonly store: Pick<EventStore, 'subscribe' | 'tail'>
  readonly knex: Knex
  readonly blobs: Pick<BlobStore, 'get'>
  readonly tail: Pick<LiveTail, 'health'>
  readonly hasRedis: boolean
}

const up: Health = { state: 'up' }
const noFile = '0'.repeat(64)

const needed = ['executions', 'audit', 'catalog', 'reactor']

/** Rows are made, and runs begun, by other processes: without them commands are still taken, and reads grow old. */
const readers = async (deps: Pick<Deps, 'knex' | 'store'>): Promise<Health> => {
  const statuses = await readerStatuses(deps, needed)
  const consumers = Object.fromEntries(statuses.map(({ consumer, state }) => [consumer, state]))
  const unwell = statuses.flatMap(({ isWell, ...status }) => (isWell ? [] : [status]))
  return unwell.length === 0 ? { state: 'up', consumers } : { state: 'degraded', consumers, unwell }
}

export const dependenciesOf = ({ store, knex, blobs, tail, hasRedis }: Deps): Dependencies => ({
  event_store: {
    without: 'down',
    ask: async () => (E.isRight(await store.tail()) ? up : { state: 'down', reason: 'does not answer' }),
  },
  postgres: {
    without: 'down',
    ask: async () => {
      await knex.raw('SELECT 1')
      return up
    },
  },
  redis: {
    without: 'degraded',
    ask: async () => {
      const { redis, mode } = await tail.health()
      return { state: redis === 'connected' ? 'up' : hasRedis ? 'degraded' : 'off', mode }
    },
  },
  files: {
    without: 'degraded',
    ask: async () => {
      const asked = await blobs.get(noFile)()
      return E.isLeft(asked) && asked.left._tag === 'BlobStoreUnavailable'
        ? { state: 'degraded', reason: 'does not answer' }
        : up
    },
  },
  projections: { without: 'degraded', ask: () => readers({ knex, store }) },
})
