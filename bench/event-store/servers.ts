import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startPostgres } from '../../test/embedded/event-store/postgres'

export type UnderTest = {
  /** Connection strings of the event store, and of a server that keeps nothing. */
  readonly url: string
  readonly silentUrl: string
  /** A database of the same PostgreSQL server, for the comparison. */
  readonly databaseUrl: string
}

const readyUrl = (server: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    if (server.stdout === null) return
    server.once('exit', () => reject(new Error('the event store did not start')))
    createInterface({ input: server.stdout }).on('line', (line) => {
      const url = /esdb:\S+/.exec(line)?.[0]
      if (url !== undefined) resolve(url)
    })
  })

const ended = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill('SIGTERM')
  await exit
}

const withServer = async <A>(
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  work: (url: string) => Promise<A>,
): Promise<A> => {
  const server = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    return await work(await readyUrl(server))
  } finally {
    await ended(server)
  }
}

/** Client, servers and PostgreSQL as programs of their own, with nothing else running. */
export const withServers = async <A>(work: (underTest: UnderTest) => Promise<A>): Promise<A> => {
  const postgres = await startPostgres()
  const silent = ['--require', 'tsx/cjs', join(__dirname, 'silent-server.ts')]
  const store = [join(__dirname, '../../dist/embedded/event-store/main.js')]
  try {
    const env = { EVENT_STORE_DATABASE_URL: await postgres.database(), EVENT_STORE_PORT: '0' }
    const databaseUrl = await postgres.database()
    return await withServer(silent, {}, (silentUrl) =>
      withServer(store, env, (url) => work({ url, silentUrl, databaseUrl })),
    )
  } finally {
    await postgres.remove()
  }
}
