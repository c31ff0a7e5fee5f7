import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb'
import { credentials } from '@grpc/grpc-js'
import { type EventStoreServer, startEventStoreServer } from '../../../src/embedded/event-store'
import { sharedPostgres } from './shared-postgres'

export interface Running {
  readonly databaseUrl: string
  readonly server: EventStoreServer
  readonly client: EventStoreDBClient
  /** The generated client: for requests that the official one cannot make. */
  readonly raw: StreamsClient
}

const messageBytes = 64 * 1024 * 1024

export const connect = (server: Pick<EventStoreServer, 'url' | 'port'>) => ({
  client: EventStoreDBClient.connectionString(server.url),
  raw: new StreamsClient(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': messageBytes,
  }),
})

/** A server in this process for the tests of one `describe`. */
export const runningServer = (): (() => Running) => {
  let running: Running | undefined
  before(async function () {
    this.timeout(60_000)
    const databaseUrl = await (await sharedPostgres()).database()
    const server = await startEventStoreServer({ databaseUrl, host: '127.0.0.1', port: 0 })
    running = { databaseUrl, server, ...connect(server) }
  })
  after(async function () {
    this.timeout(20_000)
    running?.raw.close()
    await running?.client.dispose()
    await running?.server.stop()
  })
  return () => {
    if (running === undefined) throw new Error('the server runs only within tests')
    return running
  }
}

export const someEvent = (data: Record<string, unknown> = {}, id: string = randomUUID()) =>
  jsonEvent({ id, type: 'SomethingHappened', data })

export const someEvents = (count: number) => Array.from({ length: count }, (_, n) => someEvent({ n }))

export const newStream = (): string => `stream-${randomUUID()}`

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Resolves with what the promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it was expected to fail')),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )

/** Polls until the check passes, for at most `ms`. */
export const eventually = async (check: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> => {
  for (const until = Date.now() + ms; !(await check());) {
    if (Date.now() > until) throw new Error(`not within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
