import type { Checkpoint } from '../../consumers/checkpoint'
import type { Consumer } from '../../consumers/consumer'
import { executionCategory } from '../../domain/execution'
import type { LivePublisher } from './publish'

export const liveConsumerName = 'live'

/** The checkpoint moves some time after the messages are in Redis; after a crash some are given again, which changes nothing. */
export const liveConsumer = (publisher: LivePublisher, checkpoint: Checkpoint): Consumer => ({
  name: liveConsumerName,
  prefixes: [`${executionCategory}-`],
  lease: checkpoint,
  spacingMs: 5,
  apply: async ({ events, position }) => {
    await publisher.apply(events, checkpoint.ensureHeld)
    checkpoint.saveSoon(position)
  },
})
