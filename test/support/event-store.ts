import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventStore } from '../../src/domain/event-store'
import { type ServerName, type Stack, startStack } from '../../src/embedded/stack'
import { esdbEventStore } from '../../src/stores/events/esdb'

type Stopping = { readonly stop: () => Promise<void> }
export type TestEventStore = Stopping & { readonly url: string }
export type TestPostgres = Stopping & { readonly eventsUrl: string }

const inFolderOfItsOwn = async <N extends ServerName>(
  only: ReadonlyArray<N>,
): Promise<Stopping & { readonly stack: Stack<N> }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'docg-events-'))
  const stack = await startStack({ dataDir, env: process.env, only })
  return {
    stack,
    stop: async () => {
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The embedded event store as a process, with its PostgreSQL. */
export const startTestEventStore = async (): Promise<TestEventStore> => {
  const { stack, stop } = await inFolderOfItsOwn(['eventStore'])
  return { url: stack.eventStore.url, stop }
}

/** A PostgreSQL with an empty database for an event store. */
export const startTestPostgres = async (): Promise<TestPostgres> => {
  const { stack, stop } = await inFolderOfItsOwn(['postgres'])
  return { eventsUrl: stack.postgres.eventsUrl, stop }
}

/** A store on an event store of its own, for the tests of one `describe`. */
export const eventStoreForTests = (): (() => EventStore) => {
  let running: { readonly server: TestEventStore; readonly store: EventStore } | undefined
  before(async function () {
    this.timeout(60_000)
    const server = await startTestEventStore()
    running = { server, store: esdbEventStore({ url: server.url }) }
  })
  after(async () => {
    await running?.store.close()
    await running?.server.stop()
  })
  return () => {
    if (running === undefined) throw new Error('the event store runs only within tests')
    return running.store
  }
}
