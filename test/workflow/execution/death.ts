import type { RunLog } from '../../../src/workflow/execution/run-commands'

class Crash extends Error {}

/** The worker dies at its `at`-th append: before the log has it, or right after. */
export const dying = (log: RunLog, at: number, landed: boolean): RunLog => {
  let left = at
  return {
    ...log,
    append: (stream, expected, events) => async () => {
      left -= 1
      if (left !== 0) return log.append(stream, expected, events)()
      if (landed) await log.append(stream, expected, events)()
      throw new Crash()
    },
  }
}

export const orDead = async <A>(work: Promise<A>): Promise<A | 'dead'> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof Crash) return 'dead'
    throw error
  }
}

/** The worker's process is gone at its `at`-th append, before the log has it or right after: nothing of it is heard any more. */
export const killed = (log: RunLog, at: number, landed: boolean) => {
  let left = at
  let die: (dead: 'dead') => void = () => undefined
  const dead = new Promise<'dead'>((resolve) => (die = resolve))
  const append: RunLog['append'] = (stream, expected, events) => async () => {
    left -= 1
    if (left !== 0) return log.append(stream, expected, events)()
    if (landed) await log.append(stream, expected, events)()
    die('dead')
    return new Promise(() => undefined)
  }
  return { log: { ...log, append }, dead }
}
