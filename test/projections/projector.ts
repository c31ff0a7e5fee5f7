import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type Projector = {
  readonly pid: number
  readonly exited: () => boolean
  readonly kill9: () => Promise<void>
  /** SIGTERM; the exit code. */
  readonly terminate: () => Promise<number | null>
  readonly output: () => string
}

const main = join(__dirname, '../../src/projections/main.ts')

/** The projections process as a child of the test. */
export const startProjector = (env: NodeJS.ProcessEnv): Projector => {
  const child: ChildProcess = spawn(process.execPath, ['--require', 'tsx/cjs', main], {
    env: { PATH: process.env['PATH'], REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const hear = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-50_000))
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  let over = false
  // 'close' and not 'exit': only then has all its output been read.
  const exited = once(child, 'close').then(() => {
    over = true
  })
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!over) child.kill(signal)
    await exited
    return child.exitCode
  }
  return {
    pid: child.pid ?? 0,
    exited: () => over,
    kill9: async () => {
      await end('SIGKILL')
    },
    terminate: () => end('SIGTERM'),
    output: () => output,
  }
}
