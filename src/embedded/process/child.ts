import { spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Trouble } from '../trouble'
import { type Service } from './service'

export type Child = {
  readonly pid: number
  readonly exited: Promise<string>
  readonly isAlive: () => boolean
  readonly kill: (signal: NodeJS.Signals) => void
  readonly lastLines: (count: number) => string
}

const logLimit = 10 * 1024 * 1024

const openLog = (path: string): number => {
  mkdirSync(dirname(path), { recursive: true })
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > logLimit) renameSync(path, `${path}.1`)
  return openSync(path, 'a')
}

/**
 * Starts the program with its output in the log file. A process group of its own keeps a Ctrl-C in the terminal from it,
 * so that it is stopped in its turn.
 */
export const startChild = async (service: Service, logFile: string, ownGroup: boolean): Promise<Child> => {
  const log = openLog(logFile)
  const from = fstatSync(log).size
  writeSync(log, `--- ${new Date().toISOString()} ${service.name} starts\n`)
  const child = spawn(service.command, service.args, {
    env: service.env,
    detached: ownGroup,
    stdio: ['ignore', log, log],
    ...(service.cwd === undefined ? {} : { cwd: service.cwd }),
    ...service.account,
  })
  closeSync(log)
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${code ?? '?'}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => {
      reject(
        new Trouble(
          `${service.name} could not be started: ${error.message}`,
          `Check that ${service.command} is there and may be run.`,
        ),
      )
    })
  })
  return {
    pid: child.pid ?? 0,
    exited,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => void child.kill(signal),
    lastLines: (count) =>
      readFileSync(logFile).subarray(from).toString('utf8').trimEnd().split('\n').slice(-count).join('\n'),
  }
}
