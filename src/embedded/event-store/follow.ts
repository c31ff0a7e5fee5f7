import { setImmediate as nextTurn } from 'node:timers/promises'
import { unavailable } from './errors'
import { type EventRecord } from './model'
import { type Tail } from './tail'

export interface Following {
  readonly over: AbortSignal
  readonly tail: Pick<Tail, 'restored'>
  /** As the tail told it when the cursor was set. */
  readonly restored: number
  /** The next events in order, none of interest (an empty batch), or undefined at the end of the log. */
  readonly next: () => Promise<ReadonlyArray<EventRecord> | undefined>
  readonly deliver: (batch: ReadonlyArray<EventRecord>) => Promise<void>
  /** Called once, when the end is reached for the first time. */
  readonly caughtUp: () => Promise<void>
  /** Resolves when there may be more. */
  readonly wait: () => Promise<void>
}

/**
 * A cursor over the log that goes on until the call is over. There is no separate live phase, so nothing is missed or repeated. Fails when
 * the log is set back.
 */
export const follow = async ({ over, tail, restored, next, deliver, caughtUp, wait }: Following): Promise<never> => {
  for (let isLive = false; ;) {
    over.throwIfAborted()
    if (tail.restored() !== restored) throw unavailable('the log was restored to an earlier state')
    const batch = await next()
    if (batch !== undefined) {
      await deliver(batch)
      await nextTurn()
    } else if (isLive) await wait()
    else {
      isLive = true
      await caughtUp()
    }
  }
}

export const batchEvents = 512
