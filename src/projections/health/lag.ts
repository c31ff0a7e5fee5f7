import * as E from 'fp-ts/Either'
import { allStreams } from '../../consumers/consumer'
import type { EventStore, Position } from '../../domain/event-store'
import { comparePositions } from '../../domain/position'

const patienceMs = 1_000

/** When the first event after `position` was recorded; undefined when there is none. */
const oldestAfter = async (
  store: Pick<EventStore, 'subscribe'>,
  position: Position | undefined,
): Promise<Date | 'unknown' | undefined> => {
  const given = store.subscribe(position ?? 'start', allStreams, AbortSignal.timeout(patienceMs))
  for await (const delivery of given) {
    switch (delivery._tag) {
      case 'Event':
        return delivery.event.created
      case 'CaughtUp':
        return undefined
      case 'Checkpoint':
      case 'Dropped':
      case 'BeyondTail':
        break
    }
  }
  return 'unknown'
}

/**
 * Age in seconds of the oldest event after each position: asked of the log itself, so that a reader that does not see its end cannot say that all
 * is well. 0 when there is none; null when the log does not say.
 */
export const lagsBehind =
  (store: Pick<EventStore, 'subscribe' | 'tail'>) =>
  async (positions: ReadonlyArray<Position | undefined>): Promise<ReadonlyArray<number | null>> => {
    const tail = await store.tail()
    if (E.isLeft(tail)) return positions.map(() => null)
    const end = tail.right
    return Promise.all(
      positions.map(async (position) => {
        if (end === undefined || (position !== undefined && comparePositions(position, end) >= 0)) return 0
        const oldest = await oldestAfter(store, position)
        if (oldest === 'unknown') return null
        return oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest.getTime()) / 1_000)
      }),
    )
  }
