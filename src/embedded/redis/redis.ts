import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { loopback } from '../ports'
import { type Service } from '../process/service'

const answersPing = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: loopback, timeout: 1000 })
    const answer = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (reply) => {
      answer(reply.toString().startsWith('+PONG'))
    })
    socket.once('error', () => {
      answer(false)
    })
    socket.once('timeout', () => {
      answer(false)
    })
  })

/** Redis on loopback, keeping what it has in an append-only file. */
export const redisService = (executable: string, folder: string, port: number, env: NodeJS.ProcessEnv): Service => {
  const settings = { bind: loopback, port, dir: folder, appendonly: 'yes', save: '', daemonize: 'no' }
  return {
    name: 'redis',
    command: executable,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    program: `:${port}`,
    env,
    prepare: () => mkdir(folder, { recursive: true }),
    isReady: () => answersPing(port),
    readyWithin: 30_000,
    stopSignal: 'SIGTERM',
    stopWithin: 10_000,
  }
}
