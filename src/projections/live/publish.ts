import type { Redis } from 'ioredis'
import type { EventStore, Recorded } from '../../domain/event-store'
import { executionOfStream } from '../../domain/execution'
import type { ExecutionId } from '../../domain/ids'
import { hasEnded } from '../../domain/execution/state'
import { revision } from '../../domain/position'
import { transient } from '../../consumers/transient'
import { bounded } from './bounded'
import { appendScript } from './append-script'
import { streamKey, wakeChannel } from './keys'
import { formatLiveId } from './live-id'
import { advanceAll, type LiveFrame, type LiveState, nothingYet } from './message'
import { foldUpTo, recentStates } from './states'

export type LivePublishing = {
  readonly redis: Pick<Redis, 'eval'>
  readonly store: Pick<EventStore, 'readStream'>
  /** Entries kept of each run. */
  readonly maxlen: number
  /** Seconds a run's stream lives after its last entry. */
  readonly ttl: number
  readonly log: { readonly error: (fields: object, message: string) => void }
}

export type LivePublisher = {
  /**
   * Publishes events in the order of the log; may be given them again. Rejects with a transient error when Redis or the log is away, and with what
   * `beforeEach` throws, which is called before something is published of a run.
   */
  readonly apply: (events: ReadonlyArray<Recorded>, beforeEach?: () => void) => Promise<void>
}

const statesAtMost = 1_000
const readsAtOnce = 32

const byExecution = (events: ReadonlyArray<Recorded>): ReadonlyMap<ExecutionId, ReadonlyArray<Recorded>> => {
  const groups = new Map<ExecutionId, Array<Recorded>>()
  for (const event of events) {
    const id = executionOfStream(event.stream)
    if (id === undefined) continue
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [event])
    else group.push(event)
  }
  return groups
}

const entryOf = ({ id, prev, message }: LiveFrame): ReadonlyArray<string> => [
  formatLiveId(id),
  message.event_type,
  formatLiveId(prev),
  JSON.stringify(message),
]

/** Writes the messages of the runs' events to Redis Streams. What is older than `ttl` is left out: readers have it from the log. */
export const livePublisher = ({ redis, store, maxlen, ttl, log }: LivePublishing): LivePublisher => {
  const states = recentStates(statesAtMost)
  const fold = foldUpTo(store, transient)
  const inTurn = bounded(readsAtOnce)

  const stateBefore = (execution: ExecutionId, first: Recorded): Promise<LiveState> | LiveState => {
    if (first.revision === 0n) return nothingYet
    const known = states.get(execution)
    return known?.next === first.revision ? known.state : inTurn(() => fold(execution, first.revision))
  }

  const append = async (execution: ExecutionId, frames: ReadonlyArray<LiveFrame>): Promise<void> => {
    if (frames.length === 0) return
    try {
      const entries = frames.flatMap(entryOf)
      await redis.eval(appendScript, 1, streamKey(execution), maxlen, ttl, wakeChannel(execution), ...entries)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!reason.includes('WRONGTYPE')) throw transient(reason, error)
      log.error({ execution, reason }, 'the key of a run holds something else; its viewers read the log')
    }
  }

  const publish = async (
    execution: ExecutionId,
    events: ReadonlyArray<Recorded>,
    beforehand: () => void,
  ): Promise<void> => {
    const [first] = events
    const last = events.at(-1)
    if (first === undefined || last === undefined) return
    const { state, frames } = advanceAll(await stateBefore(execution, first), events)
    beforehand()
    await append(execution, frames)
    if (hasEnded(state.run)) states.drop(execution)
    else states.set(execution, { state, next: revision(last.revision + 1n) })
  }

  return {
    apply: async (events, beforeEach = () => undefined) => {
      const oldest = Date.now() - ttl * 1_000
      const fresh = events.filter(({ created }) => created.getTime() >= oldest)
      await Promise.all([...byExecution(fresh)].map(([execution, group]) => publish(execution, group, beforeEach)))
    },
  }
}
