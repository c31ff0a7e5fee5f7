import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerName, type Stack, startStack } from '../../src/embedded/stack'

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
