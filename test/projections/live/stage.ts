import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as E from 'fp-ts/Either'
import type { ReadonlyNonEmptyArray } from 'fp-ts/ReadonlyNonEmptyArray'
import { Redis } from 'ioredis'
import type { EventStore, NewEvent, Recorded } from '../../../src/domain/event-store'
import { execution, type ExecutionEvent, executionStream } from '../../../src/domain/execution'
import { EventId, type ExecutionId, ExecutionId as ExecutionIdCodec } from '../../../src/domain/ids'
import { revision } from '../../../src/domain/position'
import { startStack } from '../../../src/embedded/stack'
import { formatLiveId, messagesOf } from '../../../src/projections/live/message'
import { livePublisher } from '../../../src/projections/live/publish'
import { openRedis } from '../../../src/projections/live/redis'
import { esdbEventStore } from '../../../src/stores/events/esdb'
import { created } from '../../support/runs'
import { metadata } from './histories'

export const rightOf = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(inspect(either.left))
  return either.right
}

const fresh = (event: ExecutionEvent): NewEvent => ({
  id: rightOf(EventId.decode(randomUUID())),
  ...execution.codec.encode(event),
  metadata,
})

export const newExecution = (): ExecutionId => rightOf(ExecutionIdCodec.decode(randomUUID()))

const ofRun = (id: ExecutionId, event: ExecutionEvent): ExecutionEvent =>
  event.type === 'ExecutionCreated' ? { ...created, data: { ...event.data, execution_id: id } } : event

export const logOf = (store: EventStore) => ({
  /** Appends to the run's stream after what is there. */
  append: async (id: ExecutionId, ...events: ReadonlyArray<ExecutionEvent>): Promise<void> => {
    const before = rightOf(await store.readStream(executionStream(id), { limit: 5_000 })())
    const all = events.map((event) => fresh(ofRun(id, event))) as unknown as ReadonlyNonEmptyArray<NewEvent>
    rightOf(await store.append(executionStream(id), before.at(-1)?.revision ?? 'no_stream', all)())
  },
  history: async (id: ExecutionId, from = 0n): Promise<ReadonlyArray<Recorded>> =>
    rightOf(await store.readStream(executionStream(id), { from: revision(from), limit: 5_000 })()),
  ids: async (id: ExecutionId): Promise<ReadonlyArray<string>> =>
    messagesOf(rightOf(await store.readStream(executionStream(id), { limit: 5_000 })())).map((frame) =>
      formatLiveId(frame.id),
    ),
})

/** A log and a Redis of their own, with what the product opens on them. */
export const startStage = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'docg-live-'))
  const stack = await startStack({ dataDir, env: process.env, only: ['eventStore', 'redis'] })
  const store = esdbEventStore({ url: stack.eventStore.url })
  const connect = (url = stack.redis.url) => openRedis(url, () => undefined, 1_000)
  const errors: string[] = []
  const forPublisher = connect()
  const publisher = livePublisher({
    redis: forPublisher,
    store,
    maxlen: 1_000,
    ttl: 86_400,
    log: { error: (_, message) => errors.push(message) },
  })
  const redis = new Redis(stack.redis.url).on('error', () => undefined)
  return {
    stack,
    store,
    log: logOf(store),
    publisher,
    errors,
    connect,
    /** For looking and for doing damage. */
    redis,
    stop: async () => {
      redis.disconnect()
      forPublisher.disconnect()
      await store.close()
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
export type Stage = Awaited<ReturnType<typeof startStage>>
