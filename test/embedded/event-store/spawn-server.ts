import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface ServerProcess {
  readonly url: string
  readonly port: number
  /** Sends a signal and resolves with the exit code once the process has ended. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | null>
}

const program = join(__dirname, '../../../src/embedded/event-store/main.ts')

/** Runs the server as a process of its own. Fails with what it wrote to stderr when it does not get ready. */
export const spawnServer = (databaseUrl: string, port = 0): Promise<ServerProcess> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, EVENT_STORE_DATABASE_URL: databaseUrl, EVENT_STORE_PORT: String(port) }
    const server = spawn(process.execPath, ['--require', 'tsx/cjs', program], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = new Promise<number | null>((done) => server.once('exit', done))
    let errors = ''
    server.stderr.on('data', (chunk) => (errors += String(chunk)))
    void exited.then(() => reject(new Error(errors)))
    createInterface({ input: server.stdout }).on('line', (line) => {
      const url = /esdb:\S+/.exec(line)?.[0]
      if (url === undefined) return
      const end = (signal: 'SIGKILL' | 'SIGTERM') => {
        server.kill(signal)
        return exited
      }
      resolve({ url, port: Number(new URL(url).port), end })
    })
  })
