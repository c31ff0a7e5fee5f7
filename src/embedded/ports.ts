import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

export const loopback = '127.0.0.1'

const listenOnce = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.close(() => {
        resolve()
      })
    })
  })

export const isFree = (port: number): Promise<boolean> =>
  listenOnce(port).then(
    () => true,
    () => false,
  )

const given = new Set<number>()

/**
 * Different free ports, none of them given before by this process. They lie below those which systems give to outgoing
 * connections, so that a server that starts again finds its port still free.
 */
export const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const found: number[] = []
  while (found.length < count) {
    const port = randomInt(20_000, 32_768)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    found.push(port)
  }
  return found
}

export const accepts = (port: number, host = loopback): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1000 })
    const answer = (open: boolean) => () => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false))
  })
