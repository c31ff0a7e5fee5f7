import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Resident = { readonly name: string; readonly pid: number; readonly mib: number }

/** Resident memory of each recorded process of a running product, from /proc. */
export const residentOf = async (dataDir: string): Promise<ReadonlyArray<Resident>> => {
  const folder = join(dataDir, 'run')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.pid'))
  return Promise.all(
    files.map(async (file) => {
      const { name, pid } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
        readonly name: string
        readonly pid: number
      }
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      return { name, pid, mib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 }
    }),
  )
}
