import { consume, type Consuming, type Surroundings } from '../consumers/consumer'
import { isTransient } from '../consumers/transient'
import type { EventStore, Recorded, StreamName } from '../domain/event-store'
import type { OpenRuns } from './open-runs'
import { type Engine, react, reactorPrefixes } from './reactor'

/** Runs that are dealt with at a time: Temporal answers many calls no slower than one. */
const runsAtOnce = 16

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
    for (let events = left.shift(); events !== undefined; events = left.shift())
      for (const event of events) await reaction(event)
  }
  await Promise.all(Array.from({ length: Math.min(runsAtOnce, left.length) }, lane))
}

/** The reactor at work: its checkpoint moves after Temporal has answered, so that what a crash leaves undone is done again. */
export const reacting = (
  surroundings: Surroundings & { readonly store: Pick<EventStore, 'append' | 'readStream'> },
  open: OpenRuns,
  engine: Engine,
  isAway: (error: unknown) => boolean,
): Consuming => {
  const reaction = react(engine, surroundings.store)
  return consume(surroundings, {
    name: 'reactor',
    prefixes: reactorPrefixes,
    start: open.takeOver,
    isTransient: (error) => isTransient(error) || isAway(error),
    apply: async ({ events, position }) => {
      await reactAll(reaction, events)
      await open.save(position, events)
    },
  })
}
