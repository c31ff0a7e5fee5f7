import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until the condition holds; false when it does not within the time (ms). A throwing condition counts as not yet. */
export const waitFor = async (condition: () => Promise<boolean>, within: number, every = 50): Promise<boolean> => {
  const deadline = Date.now() + within
  for (;;) {
    if (await condition().catch(() => false)) return true
    if (Date.now() + every > deadline) return false
    await sleep(every)
  }
}
