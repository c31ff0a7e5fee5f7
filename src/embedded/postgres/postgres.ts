import { dirname } from 'node:path'
import { Client } from 'pg'
import { loopback } from '../ports'
import { type Service } from '../process/service'
import { postgresAccount, runAs } from './account'
import { postgresBinaries } from './binaries'
import { ensureDataFolder, removeStaleLock } from './data-folder'

export const databaseUrl = (port: number, database: string): string => `postgres://docg@${loopback}:${port}/${database}`

const using = async <A>(url: string, use: (client: Client) => Promise<A>): Promise<A> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const createMissing = (port: number, databases: ReadonlyArray<string>) =>
  using(databaseUrl(port, 'postgres'), async (client) => {
    for (const name of databases) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
      if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
    }
    return undefined
  })

/** One server, TCP on loopback only, no password: for one machine. The read side and the event store have a database each. */
export const postgresService = (folder: string, port: number, env: NodeJS.ProcessEnv): Service => {
  const binaries = postgresBinaries()
  const settings = {
    listen_addresses: loopback,
    unix_socket_directories: '',
    max_connections: 200,
    log_timezone: 'UTC',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const run = runAs(
    postgresAccount(),
    binaries.postgres,
    ['-D', folder, '-p', String(port), ...flags],
    [dirname(binaries.postgres), dirname(folder)],
  )
  return {
    ...run,
    name: 'postgres',
    program: folder,
    env: { ...env, LC_ALL: 'C' },
    prepare: async () => {
      await ensureDataFolder(binaries, folder, env)
      await removeStaleLock(folder)
    },
    isReady: () => using(databaseUrl(port, 'postgres'), () => Promise.resolve(true)),
    afterReady: () => createMissing(port, ['docg', 'docg_events']),
    readyWithin: 60_000,
    stopSignal: 'SIGINT',
    stopWithin: 20_000,
  }
}
