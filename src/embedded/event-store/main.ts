import { reasonOf } from './database-errors'
import { startEventStoreServer } from './server'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const fail = (message: string): never => {
  process.stderr.write(`event store: ${message}\n`)
  process.exit(1)
}

const portOf = (text: string | undefined): number => {
  const port = Number(text ?? 'none')
  return Number.isInteger(port) && port >= 0 && port < 65536
    ? port
    : fail('EVENT_STORE_PORT must be a port number, or 0 to let the system choose')
}

const main = async (): Promise<void> => {
  const { EVENT_STORE_DATABASE_URL: databaseUrl, EVENT_STORE_PORT: port, EVENT_STORE_HOST: host } = process.env
  if (databaseUrl === undefined) return fail('EVENT_STORE_DATABASE_URL is not set')
  const server = await startEventStoreServer({
    databaseUrl,
    host: host ?? '127.0.0.1',
    port: portOf(port),
    report: (message) => say(`event store: ${message}`),
  })
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(reasonOf(error)),
    )
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  say(`event store ready at ${server.url}`)
}

main().catch((error: unknown) => fail(reasonOf(error)))
