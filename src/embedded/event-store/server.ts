import { randomUUID } from 'node:crypto'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb'
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb'
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb'
import { appendHandler } from './append'
import { batchAppendHandler } from './batch-append'
import { createOpenCalls, type OpenCalls } from './calls'
import { deleteHandler, tombstoneHandler } from './delete'
import { getSupportedMethods } from './features'
import { gossip } from './gossip'
import { type Log, openLog } from './log'
import { readHandler } from './read-handler'
import { openReader, type Reader } from './reader'
import { maxMessageBytes } from './schema'
import { serializeReadMessage } from './wire-read'

export interface EventStoreServerOptions {
  /** A PostgreSQL database for this server alone; its table is made on the first start. */
  readonly databaseUrl: string
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Memory for the newest events, 32 MiB unless given; what is not in it is read from the database. */
  readonly tailBytes?: number
  readonly report?: (message: string) => void
}

export interface EventStoreServer {
  readonly port: number
  /** A connection string for the official client. */
  readonly url: string
  /** Calls that have not ended yet. */
  readonly openCalls: () => number
  readonly stop: () => Promise<void>
}

const lockWaitMs = 3000
const graceMs = 2000
const stopMs = 3000

const bind = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port)
      else reject(error)
    })
  })

const within = (ms: number, work: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, ms)))
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

const grpcServer = (
  log: Log,
  reader: Reader,
  calls: OpenCalls,
  address: () => { host: string; port: number },
): Server => {
  const server = new Server({ 'grpc.max_receive_message_length': maxMessageBytes })
  server.addService(ServerFeaturesService, { getSupportedMethods })
  server.addService(GossipService, { read: gossip(randomUUID(), address) })
  const read = { ...StreamsService.read, responseSerialize: serializeReadMessage }
  server.addService(
    { ...StreamsService, read },
    {
      append: appendHandler(log, calls),
      batchAppend: batchAppendHandler(log, calls),
      delete: deleteHandler(log, calls),
      tombstone: tombstoneHandler(log, calls),
      read: readHandler({ log, reader }, calls),
    },
  )
  return server
}

const shutDown = async (server: Server, calls: OpenCalls, log: Log, reader: Reader): Promise<void> => {
  await within(stopMs, log.stop())
  calls.endAll()
  await within(stopMs, new Promise<void>((resolve) => server.tryShutdown(() => resolve())))
  server.forceShutdown()
  await within(stopMs, reader.close())
}

/** Serves EventStoreDB's gRPC protocol, insecure mode, over a PostgreSQL database. */
export const startEventStoreServer = async (options: EventStoreServerOptions): Promise<EventStoreServer> => {
  const { databaseUrl, host, port, tailBytes = 32 * 1024 * 1024, report = () => undefined } = options
  const log = await openLog({ databaseUrl, lockWaitMs, graceMs, tailBytes, report })
  const reader = openReader(databaseUrl)
  const calls = createOpenCalls()
  const bound = { host, port }
  const server = grpcServer(log, reader, calls, () => bound)
  try {
    bound.port = await bind(server, `${host}:${port}`)
  } catch (error) {
    await shutDown(server, calls, log, reader)
    throw error
  }
  let stopped: Promise<void> | undefined
  return {
    port: bound.port,
    url: `esdb://${host}:${bound.port}?tls=false`,
    openCalls: calls.count,
    stop: () => (stopped ??= shutDown(server, calls, log, reader)),
  }
}
