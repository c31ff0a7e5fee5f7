import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import knex, { type Knex } from 'knex'
import { startStack } from '../../src/embedded/stack'
import { migrate } from '../../src/projections/migrate'
import { openPostgres } from '../../src/stores/postgres/open-postgres'

export type ReadSide = {
  /** A database of its own with every table. */
  readonly database: () => Promise<{ readonly url: string; readonly knex: Knex }>
  readonly postgres: { readonly kill9: () => Promise<void>; readonly restart: () => Promise<void> }
  readonly eventStoreUrl: string
  readonly stop: () => Promise<void>
}

/** PostgreSQL with as many read sides as a test wants, and the embedded event store beside it when asked for. */
export const startReadSide = async (withEventStore: boolean): Promise<ReadSide> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'docg-read-side-'))
  const only: ReadonlyArray<'postgres' | 'eventStore'> = withEventStore ? ['eventStore', 'postgres'] : ['postgres']
  const stack = await startStack({ dataDir, env: process.env, only })
  const server = knex({ client: 'pg', connection: stack.postgres.serverUrl, pool: { min: 0, max: 1 } })
  const opened: Knex[] = []
  return {
    database: async () => {
      const name = `read_side_${randomUUID().replaceAll('-', '')}`
      await server.raw(`CREATE DATABASE ${name}`)
      const url = stack.postgres.serverUrl.replace(/\/[^/]*$/, `/${name}`)
      const database = openPostgres({ url, name: 'test', connections: 10, answerMs: 60_000, synchronousCommit: false })
      opened.push(database)
      await migrate(database)
      return { url, knex: database }
    },
    postgres: stack.postgres,
    eventStoreUrl: withEventStore ? stack.eventStore.url : '',
    stop: async () => {
      await Promise.all([server, ...opened].map((each) => each.destroy()))
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
