import { setTimeout as pause } from 'node:timers/promises'
import { consume, type Consuming, type Surroundings } from '../consumers/consumer'
import { isTransient } from '../consumers/transient'
import type { EventStore, Recorded, StreamName } from '../domain/event-store'
import type { OpenRuns } from './open-runs'
import { type Engine, react, reactorPrefixes } from './reactor'

/** Runs that are dealt with at a time: Temporal answers many calls no slower than one. */
const runsAtOnce = 16

const flushMs = 1_000
const reconcileMs = 20_000

const byStream = (events: ReadonlyArray<Recorded>): ReadonlyArray<ReadonlyArray<Recorded>> => {
  const streams = new Map<StreamName, Array<Recorded>>()
  for (const event of events) {
    const known = streams.get(event.stream)
    if (known === undefined) streams.set(event.stream, [event])
    else known.push(event)
  }
  return [...streams.values()]
}

/** The events of each run in order, some runs at a time. */
const reactAll = async (reaction: (event: Recorded) => Promise<void>, events: ReadonlyArray<Recorded>) => {
  const left = [...byStream(events)]
  const lane = async (): Promise<void> => {
    for (let ofRun = left.shift(); ofRun !== undefined; ofRun = left.shift())
      for (const event of ofRun) await reaction(event)
  }
  await Promise.all(Array.from({ length: Math.min(runsAtOnce, left.length) }, lane))
}

const stillHeldAfter = (ms: number, signal: AbortSignal): Promise<boolean> =>
  pause(ms, true, { signal }).catch(() => false)

export type Reacting = Surroundings & {
  readonly store: Pick<EventStore, 'append' | 'readStream'>
  readonly open: OpenRuns
  readonly engine: Engine
  readonly isAway: (error: unknown) => boolean
  /** Called every 20 s while this process has the lease. */
  readonly reconcile: () => Promise<unknown>
}

/** The reactor at work: its checkpoint moves after Temporal has answered, so that what a crash leaves undone is done again. */
export const reacting = ({ open, engine, isAway, reconcile, ...surroundings }: Reacting): Consuming => {
  const reaction = react(engine, surroundings.store)
  let flushedAt = -Infinity
  const flush = async () => {
    flushedAt = performance.now()
    await open.flush()
  }
  return consume(surroundings, {
    name: 'reactor',
    prefixes: reactorPrefixes,
    lease: open.lease,
    spacingMs: 0,
    isTransient: (error) => isTransient(error) || isAway(error),
    apply: async ({ events, position }) => {
      await reactAll((event) => {
        open.ensureHeld()
        return reaction(event)
      }, events)
      open.note(position, events)
      if (performance.now() - flushedAt >= flushMs) await flush()
    },
    whileHeld: async (signal) => {
      let reconciledAt = performance.now()
      while (await stillHeldAfter(flushMs, signal)) {
        await flush()
        if (performance.now() - reconciledAt < reconcileMs) continue
        await reconcile()
        reconciledAt = performance.now()
      }
    },
  })
}
