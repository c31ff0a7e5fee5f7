import * as E from 'fp-ts/Either'
import type { Logger } from 'pino'

/** A process at work: `stop` ends it without losing anything; `failed` resolves when it cannot go on. */
export type Running = { readonly stop: () => Promise<void>; readonly failed?: Promise<Error> }

const longestStop = 14_000

const exitWithin = (ms: number): void => {
  setTimeout(() => process.exit(1), ms).unref()
}

const signalled = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })

/** Starts a process with its configuration, and stops it on SIGTERM or SIGINT. A faulty configuration prints every problem and exits 1. */
export const runProcess = async <Config>(
  config: E.Either<ReadonlyArray<string>, Config>,
  loggerOf: (config: Config) => Logger,
  start: (config: Config, log: Logger) => Promise<Running>,
): Promise<void> => {
  if (E.isLeft(config)) {
    process.stderr.write(`The configuration is not usable:\n${config.left.map((problem) => `  ${problem}\n`).join('')}`)
    process.exit(1)
  }
  const log = loggerOf(config.right)
  const stopWanted = signalled()
  const running = await Promise.race([start(config.right, log), stopWanted])
  if (typeof running === 'string') process.exit(0)
  log.info('ready')
  const reason = await Promise.race([stopWanted, running.failed ?? stopWanted])
  log.info({ reason: reason instanceof Error ? reason.message : reason }, 'stopping')
  exitWithin(longestStop)
  await running.stop()
  log.info('stopped')
  process.exit(reason instanceof Error ? 1 : 0)
}
