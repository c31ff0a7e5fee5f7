import type { Express } from 'express'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Slow senders are cut off: time for the headers, and for the whole request with its upload, ms. */
const times = {
  headersTimeout: 15_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
}
const longestDrain = 9_000

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

export type Serving = {
  readonly port: number
  /** Takes no more connections, lets requests under way end, and cuts off those that do not end in time. */
  readonly drain: () => Promise<void>
}

export const serve = async (handle: Express, port: number, host: string): Promise<Serving> => {
  const server = createServer(times, handle)
  await listening(server, port, host)
  return {
    port: (server.address() as AddressInfo).port,
    drain: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          server.closeAllConnections()
        }, longestDrain)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
