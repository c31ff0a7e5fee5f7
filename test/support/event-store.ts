import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '../../src/embedded/stack'

export type TestEventStore = {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly stop: () => Promise<void>
}

/** The embedded event store with its PostgreSQL, in a folder of its own. */
export const startTestEventStore = async (): Promise<TestEventStore> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'docg-events-'))
  const stack = await startStack({ dataDir, env: process.env, only: ['eventStore'] })
  const { hostname: host, port } = new URL(stack.eventStore.url.replace('esdb:', 'http:'))
  return {
    url: stack.eventStore.url,
    host,
    port: Number(port),
    stop: async () => {
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
