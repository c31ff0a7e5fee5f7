import { type StreamHead } from './metadata'
import { type Failure, type Write, type WriteResult } from './model'
import { commitGroup, type DecidedGroup, decideGroup, isCommitted } from './commit-group'
import { isRefusedStatement, isUnstorable, reasonOf } from './database-errors'
import { createHeadCache } from './heads'
import { createTail, type Tail } from './tail'
import { createWaitingWrites, type WaitingWrite } from './waiting-writes'
import { openWriterSession, type WriterSession } from './writer-session'

export interface Log {
  readonly write: (write: Write, deadline: number) => Promise<WriteResult>
  /** Resolves when the queue of writes has room; nothing when it has. */
  readonly room: () => Promise<void> | undefined
  readonly tail: Tail
  /** The committed head, when it is at hand. */
  readonly cachedHead: (stream: string) => StreamHead | undefined
  /** Writes what has been accepted, then closes. */
  readonly stop: () => Promise<void>
}

export interface LogOptions {
  readonly databaseUrl: string
  /** How long the first start waits for the lock of a server that is just ending. */
  readonly lockWaitMs: number
  /** How long writes are held while the database is away, before they are refused. */
  readonly graceMs: number
  /** Of the newest events in memory. */
  readonly tailBytes: number
  readonly report: (message: string) => void
}

interface InFlight {
  readonly waiting: ReadonlyArray<WaitingWrite>
  readonly group: DecidedGroup
}

const cachedHeads = 20_000
const longestPauseMs = 1000
/** How often a write is tried again after the connection was lost, in case it is the write that breaks it. */
const mostLosses = 10

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const unavailable = (reason: string): Failure => ({ _tag: 'Unavailable', reason })

/** One writer: takes all waiting writes, checks, numbers and inserts them in one commit, then publishes and answers. */
export const openLog = async (options: LogOptions): Promise<Log> => {
  const { databaseUrl, lockWaitMs, graceMs, tailBytes, report } = options
  const queue = createWaitingWrites()
  const tail = createTail(tailBytes)
  const cache = createHeadCache(cachedHeads)
  const losses = new WeakMap<WaitingWrite, number>()
  let inFlight: InFlight | undefined
  let available = true
  let stopping = false

  const publish = ({ waiting, group }: InFlight) => {
    for (const [stream, head] of group.heads) cache.set(stream, head)
    if (group.events.length > 0) tail.publish(group.events)
    for (const [index, outcome] of group.outcomes.entries()) waiting[index]?.answer(outcome)
  }

  const writeGroup = async (session: WriterSession, waiting: ReadonlyArray<WaitingWrite>): Promise<void> => {
    const writes = waiting.map(({ write }) => write)
    const group = await decideGroup(session, cache, tail.end(), writes)
    inFlight = { waiting, group }
    await commitGroup(session, group)
    inFlight = undefined
    publish({ waiting, group })
  }

  const writeOrRefuse = async (session: WriterSession, waiting: ReadonlyArray<WaitingWrite>): Promise<void> => {
    try {
      await writeGroup(session, waiting)
    } catch (error) {
      if (!isRefusedStatement(error)) throw error
      inFlight = undefined
      const poisoned = isUnstorable(error)
      if (poisoned && waiting.length > 1) for (const one of waiting) await writeOrRefuse(session, [one])
      const failure: Failure = poisoned ? { _tag: 'NotStorable', reason: error.message } : unavailable(error.message)
      for (const one of waiting) one.answer(failure)
    }
  }

  const putBack = (waiting: ReadonlyArray<WaitingWrite>, reason: string) => {
    for (const one of waiting) {
      const lost = (losses.get(one) ?? 0) + 1
      losses.set(one, lost)
      if (lost > mostLosses) one.answer(unavailable(reason))
    }
    queue.putBack(waiting.filter((one) => !one.isAnswered()))
  }

  const serve = async (session: WriterSession): Promise<void> => {
    while (session.isOpen()) {
      if (!stopping) await queue.arrival()
      const waiting = queue.take()
      if (waiting.length === 0 && stopping) return
      if (waiting.length === 0) continue
      try {
        await writeOrRefuse(session, waiting)
      } catch (error) {
        const unclear = inFlight?.waiting ?? []
        putBack(
          waiting.filter((one) => !unclear.includes(one)),
          reasonOf(error),
        )
        throw error
      }
    }
    throw new Error('the connection was closed')
  }

  /** What was in flight is stored whole or not at all: the new session holds the lock, so the old one has ended. */
  const settle = async (session: WriterSession): Promise<void> => {
    cache.clear()
    if (inFlight !== undefined) {
      const { waiting, group } = inFlight
      if (await isCommitted(session, group)) publish({ waiting, group })
      else putBack(waiting, 'the database went away before the write was stored')
      inFlight = undefined
    }
    if (session.end < tail.end())
      report(`the log ends at ${session.end}, which is before ${tail.end()}: was it restored?`)
    tail.reset(session.end)
    available = true
  }

  const giveUp = (reason: string) => {
    available = false
    for (const one of inFlight?.waiting ?? []) one.answer(unavailable(reason))
    inFlight = undefined
    queue.failAll(unavailable(reason))
  }

  const reopen = async (): Promise<WriterSession | undefined> => {
    let reason = 'the connection to the database was lost'
    const grace = setTimeout(() => giveUp(reason), graceMs)
    try {
      for (let wait = 20; !stopping; wait = Math.min(2 * wait, longestPauseMs)) {
        try {
          const session = await openWriterSession(databaseUrl, 0, queue.wake)
          await settle(session)
          return session
        } catch (error) {
          reason = reasonOf(error)
          await pause(wait)
        }
      }
      giveUp('the event store is stopping')
      return undefined
    } finally {
      clearTimeout(grace)
    }
  }

  const run = async (first: WriterSession): Promise<void> => {
    for (let session: WriterSession | undefined = first; session !== undefined; session = await reopen()) {
      try {
        await serve(session)
        await session.close()
        return
      } catch (error) {
        report(`lost the database: ${reasonOf(error)}`)
        await session.close().catch(() => undefined)
      }
    }
  }

  const first = await openWriterSession(databaseUrl, lockWaitMs, queue.wake)
  tail.reset(first.end)
  const done = run(first)

  return {
    write: (write, deadline) =>
      available && !stopping
        ? queue.add(write, deadline)
        : Promise.resolve(unavailable(stopping ? 'the event store is stopping' : 'the database is not reachable')),
    room: queue.room,
    tail,
    cachedHead: cache.get,
    stop: async () => {
      stopping = true
      queue.wake()
      await done
    },
  }
}
