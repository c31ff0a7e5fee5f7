import * as E from 'fp-ts/Either'
import type { EventStore, Revision } from '../../domain/event-store'
import { executionStream } from '../../domain/execution'
import type { ExecutionId } from '../../domain/ids'
import { revision } from '../../domain/position'
import { advanceAll, type LiveState, nothingYet } from './message'

/** State of a run before the event of revision `next`. */
export type Folded = { readonly state: LiveState; readonly next: Revision }

/** The latest known state of the runs looked at last, at most `most` of them. */
export type States = {
  readonly get: (execution: ExecutionId) => Folded | undefined
  readonly set: (execution: ExecutionId, folded: Folded) => void
  readonly drop: (execution: ExecutionId) => void
}

export const nothingFolded: Folded = { state: nothingYet, next: revision(0n) }

export const recentStates = (most: number): States => {
  const kept = new Map<ExecutionId, Folded>()
  return {
    get: (execution) => kept.get(execution),
    set: (execution, folded) => {
      kept.delete(execution)
      kept.set(execution, folded)
      const [oldest] = kept.keys()
      if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    },
    drop: (execution) => kept.delete(execution),
  }
}

const page = 200

/** The state before revision `to`, folded from the log. A stream that is gone, or shorter, folds as far as it goes. */
export const foldUpTo =
  (store: Pick<EventStore, 'readStream'>, unavailable: (reason: string) => Error) =>
  async (execution: ExecutionId, to: Revision): Promise<LiveState> => {
    let { state, next } = nothingFolded
    while (next < to) {
      const read = await store.readStream(executionStream(execution), {
        from: next,
        limit: Math.min(page, Number(to - next)),
      })()
      if (E.isLeft(read)) {
        if (read.left._tag === 'StreamDeleted') return state
        throw unavailable(`${read.left._tag}: ${read.left.reason}`)
      }
      const last = read.right.at(-1)
      if (last === undefined) return state
      state = advanceAll(state, read.right).state
      next = revision(last.revision + 1n)
    }
    return state
  }
