import { execFile, spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { type SetUp, step } from './step'

const mayRun = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** The full path of a program in PATH. */
export const onPath = async (name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((part) => part !== '')) {
    if (await mayRun(join(folder, name))) return join(folder, name)
  }
  return undefined
}

/** Whether this very file runs and answers: a half-written or foreign binary does not. */
export const answers = async (path: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  (await mayRun(path)) &&
  promisify(execFile)(path, ['--version'], { env, timeout: 20_000 }).then(
    () => true,
    () => false,
  )

/** Runs a command to its end; the last lines of its output when it fails, undefined when it went well. */
export const runQuietly = (
  command: string,
  args: ReadonlyArray<string>,
  { env, cancelled }: Pick<SetUp, 'env' | 'cancelled'>,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    let output = ''
    const stop = cancelled === undefined ? {} : { signal: cancelled }
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...stop })
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => {
      resolve(error.message)
    })
    child.once('close', (code) => {
      resolve(code === 0 ? undefined : output.trim().split('\n').slice(-6).join('\n'))
    })
  })

/** A step that shows as failed when it gives back a problem. */
export const attempt = (
  setUp: SetUp,
  title: string,
  work: () => Promise<string | undefined>,
): Promise<string | undefined> => step(setUp, title, work, (problem) => problem === undefined)
