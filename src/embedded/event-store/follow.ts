import { setImmediate as nextTurn } from 'node:timers/promises'
import { type EventRecord } from './model'

export interface Following {
  readonly over: AbortSignal
  /** The next events in order, none of interest (an empty batch), or undefined at the end of the log. */
  readonly next: () => Promise<ReadonlyArray<EventRecord> | undefined>
  readonly deliver: (batch: ReadonlyArray<EventRecord>) => Promise<void>
  /** Called once, when the end is reached for the first time. */
  readonly caughtUp: () => Promise<void>
  /** Resolves when there may be more. */
  readonly wait: () => Promise<void>
}

/** A cursor over the log that goes on until the call is over. There is no separate live phase, so nothing is missed or repeated. */
export const follow = async ({ over, next, deliver, caughtUp, wait }: Following): Promise<never> => {
  for (let isLive = false; ;) {
    over.throwIfAborted()
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
