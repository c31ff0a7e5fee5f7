import { readFile } from 'node:fs/promises'
import { atMost } from './aim'
import type { Part } from './part'
import { processesOf } from './processes'
import { row } from './row'

const docg = ['api', 'projections', 'workflow']
const mib = (value: number): string => `${value.toFixed(0)} MiB`

/** Resident memory of each process, from /proc. */
export const memory: Part = async ({ product, print }) => {
  const resident = await Promise.all(
    (await processesOf(product.dataDir)).map(async ({ name, pid }) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      return { name, used: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 }
    }),
  )
  const ours = resident.filter(({ name }) => docg.includes(name)).reduce((sum, { used }) => sum + used, 0)
  print(...resident.map(({ name, used }) => row(`memory, ${name}`, [mib(used)])))
  print(row('memory, the three docg processes together', [mib(ours)], atMost(ours, 600, mib)))
}
