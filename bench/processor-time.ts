import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Process } from './processes'

/** Milliseconds of processor time by name. */
export type ProcessorTimes = ReadonlyMap<string, number>

/** The kernel tells times in hundredths of a second. */
const msPerTick = 10

type Stat = { readonly pid: number; readonly parent: number; readonly ms: number }

/** The time of children that have ended counts with their parent. proc_pid_stat(5). */
const statOf = async (pid: number): Promise<Stat | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid, parent: Number(fields[1]), ms: ticks * msPerTick }
}

/** Of each process with everything below it: PostgreSQL, for one, works in its children. */
const timesNow = async (roots: ReadonlyArray<Process>): Promise<ProcessorTimes> => {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const stats = (await Promise.all(pids.map(statOf))).filter((stat) => stat !== undefined)
  const below = (pid: number): number =>
    stats
      .filter((stat) => stat.parent === pid)
      .reduce((sum, stat) => sum + below(stat.pid), stats.find((stat) => stat.pid === pid)?.ms ?? 0)
  return new Map(roots.map(({ name, pid }) => [name, below(pid)]))
}

const used = async (roots: ReadonlyArray<Process>, work: () => Promise<unknown>) => {
  const [before, began] = [await timesNow(roots), performance.now()]
  await work()
  const [after, elapsed] = [await timesNow(roots), performance.now() - began]
  return { times: new Map([...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)])), elapsed }
}

export const total = (times: ProcessorTimes): number => [...times.values()].reduce((sum, ms) => sum + ms, 0)

export type Meter = {
  /** Milliseconds of processor time in a second. */
  readonly idle: ProcessorTimes
  /** What each process uses for one of `count` things done in `work`, without what it uses when idle. */
  readonly each: (count: number, work: () => Promise<unknown>) => Promise<ProcessorTimes>
}

/** Watches processes that are idle now, for so long. */
export const meter = async (roots: ReadonlyArray<Process>, idleMs: number): Promise<Meter> => {
  const { times, elapsed } = await used(roots, () => pause(idleMs))
  const idle = new Map([...times].map(([name, ms]) => [name, (1_000 * ms) / elapsed]))
  return {
    idle,
    each: async (count, work) => {
      const { times: busy, elapsed: busyMs } = await used(roots, work)
      const idleOf = (name: string) => ((idle.get(name) ?? 0) * busyMs) / 1_000
      return new Map([...busy].map(([name, ms]) => [name, (ms - idleOf(name)) / count]))
    },
  }
}
