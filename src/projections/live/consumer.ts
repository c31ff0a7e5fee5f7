import type { Checkpoint } from '../../consumers/checkpoint'
import type { Consumer } from '../../consumers/consumer'
import { executionCategory } from '../../domain/execution'
import type { LivePublisher } from './publish'

export const liveConsumerName = 'live'

/** A checkpoint is a transaction: one for every handful of messages would cost more than they do. */
const saveEveryMs = 1_000

/** The checkpoint moves after the messages are in Redis, now and then; after a crash some are given again, which changes nothing. */
export const liveConsumer = (publisher: LivePublisher, checkpoint: Checkpoint): Consumer => {
  let savedAt = -Infinity
  return {
    name: liveConsumerName,
    prefixes: [`${executionCategory}-`],
    start: checkpoint.takeOver,
    apply: async ({ events, position }) => {
      await publisher.apply(events)
      const now = performance.now()
      if (now - savedAt < saveEveryMs) return
      await checkpoint.save(position)
      savedAt = now
    },
  }
}
