import * as E from 'fp-ts/Either'
import type { Redis } from 'ioredis'
import type { EventStore } from '../../domain/event-store'
import type { ExecutionId } from '../../domain/ids'
import { revision } from '../../domain/position'
import { bounded } from './bounded'
import { beforeAll, formatLiveId, type LiveId } from './live-id'
import { type Cursor, type LogAway, logReader, type RunHead } from './log-reader'
import { type LiveFrame, saysTheEnd } from './message'
import { contiguous } from './contiguous'
import { redisReader } from './redis-reader'
import { wakeUps } from './subscription'
import { unlessAborted } from './unless-aborted'
import { type Wake, watches } from './watches'

export type { LogAway, RunHead } from './log-reader'

export type LiveHealth = { readonly redis: 'connected' | 'disconnected'; readonly mode: 'streams' | 'log' }

export type LiveTail = {
  /** From the log; undefined when there is no such run. */
  readonly find: (execution: ExecutionId) => Promise<E.Either<LogAway, RunHead | undefined>>
  /**
   * The run's messages after `after` (from the first without it), each once, in order, as they come. Ends after the last message of a run that has
   * ended, or when `signal` aborts. Survives every loss of Redis and of the log.
   */
  readonly follow: (following: Following) => LiveFrames
  readonly health: () => Promise<LiveHealth>
  readonly close: () => void
}

export type LiveFrames = AsyncGenerator<LiveFrame, void, undefined>

export type Following = {
  readonly execution: ExecutionId
  readonly after?: LiveId | undefined
  readonly signal: AbortSignal
}

export type Tailing = {
  readonly store: Pick<EventStore, 'readStream'>
  /** Two connections, for commands and for wake-ups. Without them the log alone is read. */
  readonly redis: { readonly commands: Redis; readonly subscriber: Redis } | undefined
  /** How often each run is compared with the log while wake-ups work, and while they do not, ms. */
  readonly checkMs?: number
  readonly pollMs?: number
}

const lingerMs = 5_000
const readsAtOnce = 8
const awayMs = 2_000

type Pulled = {
  readonly frames: ReadonlyArray<LiveFrame>
  readonly cursor: Cursor
  readonly from: 'redis' | 'log' | 'nowhere'
  readonly ended: boolean | undefined
}

const start = (after: LiveId): Cursor => ({ id: after, next: revision(after.event === 0n ? 0n : after.event - 1n) })

export const liveTail = ({ store, redis, checkMs = 15_000, pollMs = 1_000 }: Tailing): LiveTail => {
  const log = logReader(store, bounded(readsAtOnce))
  const entries = redis === undefined ? undefined : redisReader(redis.commands)
  const streaming = () => entries?.isUp() === true && wakes?.isUp() === true
  const watched = watches({
    listen: (execution) => wakes?.listen(execution),
    unlisten: (execution) => wakes?.unlisten(execution),
    checkEvery: () => (streaming() ? checkMs : pollMs),
    lingerMs,
    sweepMs: Math.min(250, pollMs),
  })
  const wakes =
    redis === undefined
      ? undefined
      : wakeUps(redis.subscriber, {
          watched: watched.watched,
          onWake: (execution) => watched.wake(execution, 'entry'),
          onLoss: () => watched.checkAllWithin(pollMs),
        })

  const fromLog = async (execution: ExecutionId, cursor: Cursor): Promise<Pulled> => {
    const read = await log.after(execution, cursor)
    if (E.isLeft(read)) return { frames: [], cursor, from: 'nowhere', ended: undefined }
    const { frames, next, ended } = read.right
    return { frames, cursor: { id: frames.at(-1)?.id ?? cursor.id, next }, from: 'log', ended }
  }

  const pullAfter = async (execution: ExecutionId, cursor: Cursor, wake: Wake): Promise<Pulled> => {
    const page = await entries?.after(execution, cursor.id)
    if (page === undefined) return fromLog(execution, cursor)
    const { frames, next, hole } = contiguous(cursor, page)
    const last = frames.at(-1)
    if (last !== undefined) return { frames, cursor: { id: last.id, next }, from: 'redis', ended: saysTheEnd(last) }
    return hole || wake === 'check' ? fromLog(execution, cursor) : { frames, cursor, from: 'redis', ended: undefined }
  }

  async function* follow({ execution, after = beforeAll, signal }: Following): LiveFrames {
    const viewer = watched.join(execution)
    let cursor = start(after)
    let ended = false
    try {
      for (let wake = await viewer.woken(signal); wake !== undefined; wake = await viewer.woken(signal)) {
        for (let more = true; more;) {
          const need: Wake = ended ? 'check' : wake
          const key: string = `${formatLiveId(cursor.id)} ${cursor.next} ${need}`
          const shared: Promise<Pulled> = viewer.share(key, () => pullAfter(execution, cursor, need))
          const pulled: Pulled | undefined = await unlessAborted(shared, signal)
          if (pulled === undefined) return
          for (const frame of pulled.frames) {
            if (signal.aborted) return
            yield frame
          }
          more = pulled.frames.length > 0 || pulled.cursor.next > cursor.next
          cursor = pulled.cursor
          ended = pulled.ended ?? ended
          if (!more && ended && pulled.from === 'log') return
          if (pulled.from === 'nowhere') viewer.checkWithin(awayMs)
        }
      }
    } finally {
      viewer.leave()
    }
  }

  return {
    find: log.head,
    follow,
    health: async () => {
      const answers = await redis?.commands.ping().then(
        () => true,
        () => false,
      )
      return {
        redis: answers === true ? 'connected' : 'disconnected',
        mode: answers === true && streaming() ? 'streams' : 'log',
      }
    },
    close: () => {
      watched.close()
      wakes?.close()
    },
  }
}
