import { readFile } from 'node:fs/promises'
import { atMost } from './aim'
import type { Part } from './part'
import { processesOf } from './processes'
import { row } from './row'

const docg = ['api', 'projections', 'workflow']
export const mib = (value: number): string => `${value.toFixed(0)} MiB`

export const residentMib = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

/** Resident memory of each process, from /proc. */
export const memory: Part = async ({ product, print }) => {
  const resident = await Promise.all(
    (await processesOf(product.dataDir)).map(async ({ name, pid }) => ({ name, used: await residentMib(pid) })),
  )
  const ours = resident.filter(({ name }) => docg.includes(name)).reduce((sum, { used }) => sum + used, 0)
  print(...resident.map(({ name, used }) => row(`memory, ${name}`, [mib(used)])))
  print(row('memory, the three docg processes together', [mib(ours)], atMost(ours, 600, mib)))
}
