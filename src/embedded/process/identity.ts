import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const hasProc = existsSync('/proc/self/stat')

/** What stands in /proc/<pid>/stat after the program's name. */
const statOf = (pid: number): ReadonlyArray<string> => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

const fromProc = (pid: number): string | undefined => {
  const fields = statOf(pid)
  const [state, startTicks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X') return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTicks ?? ''}`
}

const ps = (pid: number, column: string) =>
  execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()

/** When the process began: with its pid this names one process, also after the pid was given to another. Undefined when it is gone. */
export const identityOf = (pid: number): string | undefined => {
  try {
    return hasProc ? fromProc(pid) : ps(pid, 'lstart') || undefined
  } catch {
    return undefined
  }
}

/** The process that started this one, or that took it over; undefined when it is gone. */
export const parentOf = (pid: number): number | undefined => {
  try {
    return Number(hasProc ? statOf(pid)[1] : ps(pid, 'ppid'))
  } catch {
    return undefined
  }
}

/** The command line of a running process; empty when it is gone or not ours to see. */
export const commandLineOf = (pid: number): string => {
  try {
    return hasProc ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() : ps(pid, 'args')
  } catch {
    return ''
  }
}
