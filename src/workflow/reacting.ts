import { consume, type Consuming, type Surroundings } from '../consumers/consumer'
import type { Checkpoint } from '../consumers/checkpoint'
import { isTransient } from '../consumers/transient'
import { type Engine, react, reactorPrefixes } from './reactor'

/** The reactor at work: its checkpoint moves after Temporal has answered, so that what a crash leaves undone is done again. */
export const reacting = (
  surroundings: Surroundings,
  checkpoint: Checkpoint,
  engine: Engine,
  isAway: (error: unknown) => boolean,
): Consuming =>
  consume(surroundings, {
    name: 'reactor',
    prefixes: reactorPrefixes,
    lease: checkpoint,
    spacingMs: 0,
    isTransient: (error) => isTransient(error) || isAway(error),
    apply: async ({ events, position }) => {
      for (const event of events) {
        checkpoint.ensureHeld()
        await react(engine)(event)
      }
      checkpoint.saveSoon(position)
    },
  })
