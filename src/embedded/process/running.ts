import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Trouble } from '../trouble'
import { waitFor } from '../wait-for'
import { type Child, startChild } from './child'
import { forget, record } from './record'
import { type Service } from './service'

export type Running = {
  readonly name: string
  readonly pid: () => number | undefined
  /** SIGKILL, and waits until the process is gone. It stays down unless it is kept alive. */
  readonly kill9: () => Promise<void>
  /** Stops it when it runs, starts it on the same port, resolves when ready. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
  /** SIGKILL without waiting, for the last moment of our own process. */
  readonly drop: () => void
}

export type Care = {
  readonly dataDir: string
  readonly ownGroup: boolean
  /** Told of an unexpected end: the process is then started again, after 1 s, 2 s, … 30 s. */
  readonly keepAlive?: (line: string) => void
  /** Ends a start that is under way. */
  readonly cancelled?: AbortSignal | undefined
}

const tries = 5
const longestPause = 30_000

export const logFileOf = (dataDir: string, name: string): string => join(dataDir, 'logs', `${name}.log`)

/** Starts a service, resolves when it is ready. Throws Trouble with the last lines of its log when it does not come up. */
export const startService = async (service: Service, care: Care): Promise<Running> => {
  const logFile = logFileOf(care.dataDir, service.name)
  let child: Child | undefined
  let revival = Promise.resolve()
  let stopping = new AbortController()

  const end = async (running: Child): Promise<void> => {
    if (running.isAlive()) running.kill(service.stopSignal)
    const inTime = running.exited.then(() => true)
    if (!(await Promise.race([inTime, sleep(service.stopWithin, false, { ref: false })]))) running.kill('SIGKILL')
    await running.exited
  }

  const launch = async (cancelled: AbortSignal): Promise<Child> => {
    await service.prepare?.()
    const started = await startChild(service, logFile, care.ownGroup)
    child = started
    const { name, command, program = command, stopSignal } = service
    await record(care.dataDir, { name, pid: started.pid, program, stopSignal })
    const settled = async () => cancelled.aborted || !started.isAlive() || (await service.isReady())
    const inTime = await waitFor(settled, service.readyWithin)
    const fate = async () => {
      if (!started.isAlive()) return `ended (${await started.exited})`
      if (cancelled.aborted) return 'was stopped'
      if (!inTime) return `was not ready in ${service.readyWithin / 1000} s`
      return service.afterReady?.().catch(String)
    }
    const problem = await fate()
    if (problem === undefined) return started
    await end(started)
    throw new Trouble(`${name} ${problem}. The end of its log:\n${started.lastLines(8)}`, `The whole log: ${logFile}`)
  }

  const launchPatiently = async (cancelled: AbortSignal): Promise<Child> => {
    for (let attempt = 1; ; attempt += 1) {
      const before = child
      try {
        return await launch(cancelled)
      } catch (error) {
        if (child === before || attempt === tries || cancelled.aborted) throw error
        await sleep(250 * 2 ** (attempt - 1))
      }
    }
  }

  const keepAlive = async (first: Child, cancelled: AbortSignal, report: (line: string) => void): Promise<void> => {
    const isOver = () => cancelled.aborted
    let running = first
    let pause = 1000
    for (;;) {
      const began = Date.now()
      const how = await running.exited
      if (isOver()) return
      if (Date.now() - began > longestPause) pause = 1000
      report(`${service.name} ended (${how}); starting it again in ${pause / 1000} s, log: ${logFile}`)
      await sleep(pause, undefined, { signal: cancelled }).catch(() => undefined)
      if (isOver()) return
      pause = Math.min(pause * 2, longestPause)
      const again = await launch(cancelled).catch(() => child)
      if (again?.isAlive() === true) report(`${service.name} is back`)
      running = again ?? running
    }
  }

  const start = async () => {
    stopping = new AbortController()
    const signal = AbortSignal.any([stopping.signal, ...(care.cancelled === undefined ? [] : [care.cancelled])])
    const started = await launchPatiently(signal)
    if (care.keepAlive !== undefined) revival = keepAlive(started, signal, care.keepAlive)
  }

  const stop = async () => {
    stopping.abort()
    if (child !== undefined) await end(child)
    await revival
    await forget(care.dataDir, service.name)
  }

  await start()
  return {
    name: service.name,
    pid: () => (child?.isAlive() === true ? child.pid : undefined),
    kill9: async () => {
      child?.kill('SIGKILL')
      await child?.exited
    },
    restart: async () => {
      await stop()
      await start()
    },
    stop,
    drop: () => child?.kill('SIGKILL'),
  }
}
