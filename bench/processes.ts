import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Process = { readonly name: string; readonly pid: number }

/** What a running product has started, as its supervisor recorded it. */
export const processesOf = async (dataDir: string): Promise<ReadonlyArray<Process>> => {
  const folder = join(dataDir, 'run')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.pid')).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const { name, pid } = JSON.parse(await readFile(join(folder, file), 'utf8')) as Process
      return { name, pid }
    }),
  )
}

export const workerOf = async (dataDir: string): Promise<Process> => {
  const worker = (await processesOf(dataDir)).find(({ name }) => name === 'workflow')
  if (worker === undefined) throw new Error('no workflow process')
  return worker
}

const partsOf = async (file: string): Promise<ReadonlyArray<string>> =>
  (await readFile(file, 'utf8')).split('\0').slice(0, -1)

/** How a running process was started: its program with arguments, and its environment. */
export const startOf = async (pid: number) => {
  const [command = '', ...args] = await partsOf(`/proc/${pid}/cmdline`)
  const entries = (await partsOf(`/proc/${pid}/environ`)).map((entry) => {
    const at = entry.indexOf('=')
    return [entry.slice(0, at), entry.slice(at + 1)] as const
  })
  return { command, args, env: Object.fromEntries(entries) as Readonly<Record<string, string>> }
}
