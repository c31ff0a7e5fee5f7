import { setTimeout as pause } from 'node:timers/promises'
import { clientOf } from '../test/support/client'
import { atLeast, atMost, perSecond, times } from './aim'
import { type Peer, withPeer } from './bare-temporal/peer'
import { withCompletions } from './completions'
import { inFlight, timesOf } from './in-flight'
import type { Bench, Part } from './part'
import { processesOf, startOf, workerOf } from './processes'
import { meter, type ProcessorTimes, total } from './processor-time'
import { ms, row, spreadOf } from './row'
import { spread } from './spread'

type Work = () => Promise<unknown>

const idleMs = 5_000
/** Rows and streams are still written when the last run has ended. */
const settleMs = 2_000

const alone = async ({ product, repeats, print }: Bench, bare: Work): Promise<void> => {
  const client = clientOf(product)
  const peer = spread(await timesOf(repeats(30), 1, bare))
  print(row('bare Temporal, 1 at a time', spreadOf(peer)))
  const demo = spread(await timesOf(repeats(30), 1, async () => client.follow(await client.start())))
  print(row('demo run, 1 at a time, request to end of stream', spreadOf(demo)))
  const ratio = demo.p50 / peer.p50
  print(row('demo run / bare Temporal, p50', [times(ratio)], atMost(ratio, 0.35, times)))
}

const together = ({ print }: Bench, width: number, bare: number, demo: number): void => {
  print(row(`bare Temporal, ${width} in flight`, [perSecond(bare)]))
  print(row(`demo runs, ${width} in flight`, [perSecond(demo)], atLeast(demo, 12, perSecond)))
  print(row('demo runs / bare Temporal', [times(demo / bare)], atLeast(demo / bare, 1.3, times)))
}

const processorRows = (what: string, each: ProcessorTimes): ReadonlyArray<string> => [
  ...[...each].map(([name, time]) => row(`${what}, ${name}`, [ms(time)])),
]

/** At 10 in flight, with the processor time of each run. */
const measured = async (bench: Bench, { workerPid }: Peer, bare: Work, demo: Work): Promise<void> => {
  const { product, repeats, print } = bench
  const count = repeats(100)
  const own = await processesOf(product.dataDir)
  const bareNames = ['temporal', 'worker of bare Temporal']
  await pause(settleMs)
  const { idle, each } = await meter([...own, { name: 'worker of bare Temporal', pid: workerPid }], idleMs)
  const atTen = async (work: Work) => {
    const began = { rate: 0 }
    const used = await each(count, async () => {
      began.rate = await inFlight(count, 10, work)
      await pause(settleMs)
    })
    return { rate: began.rate, used }
  }
  const only = (used: ProcessorTimes, isBare: boolean): ProcessorTimes =>
    new Map([...used].filter(([name]) => (isBare ? bareNames.includes(name) : name !== bareNames[1])))

  const ofBare = await atTen(bare)
  const ofDemo = await atTen(demo)
  together(bench, 10, ofBare.rate, ofDemo.rate)
  print(...processorRows('processor time of a bare workflow', only(ofBare.used, true)))
  const used = only(ofDemo.used, false)
  print(...processorRows('processor time of a demo run', used))
  print(row('processor time of a demo run, all together', [ms(total(used))], atMost(total(used), 180, ms)))
  print(row('not counted above: all of docg when idle, in a second', [ms(total(only(idle, false)))]))
}

/** Demo runs beside workflows of bare Temporal: as many plain activities that do nothing as the demo has steps, plus two. */
export const runs: Part = async (bench) => {
  const { product, repeats, print } = bench
  const client = clientOf(product)
  const { env } = await startOf((await workerOf(product.dataDir)).pid)
  const { nodes } = (await client.get(`/workflows/${product.demo.workflow_id}`)) as { readonly nodes: unknown[] }
  const activities = nodes.length + 2
  print(row(`(bare Temporal: ${activities} activities that do nothing)`, []))
  await withPeer(env['TEMPORAL_ADDRESS'] ?? '', activities, (peer) =>
    withCompletions(product.eventStoreUrl, async ({ of }) => {
      const demo = async () => of(await client.start())
      // Programs that have just started are compiled while they run.
      await inFlight(repeats(60), 10, peer.run)
      await inFlight(repeats(60), 10, demo)
      await alone(bench, peer.run)
      await measured(bench, peer, peer.run, demo)
      const count = Math.max(50, repeats(200))
      together(bench, 50, await inFlight(count, 50, peer.run), await inFlight(count, 50, demo))
    }),
  )
}
