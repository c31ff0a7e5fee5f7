import type * as T from 'fp-ts/Task'

/** Lets what else is waiting be answered before the work goes on. */
export const othersTurn: T.Task<void> = () => new Promise((resolve) => setImmediate(resolve))
