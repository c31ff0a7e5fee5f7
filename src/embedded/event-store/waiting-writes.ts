import { type Failure, type Write, type WriteResult } from './model'

/** A write on its way, answered exactly once. */
export interface WaitingWrite {
  readonly write: Write
  readonly bytes: number
  readonly isAnswered: () => boolean
  readonly answer: (result: WriteResult) => void
}

/** Writes in arrival order. */
export interface WaitingWrites {
  readonly add: (write: Write, deadline: number) => Promise<WriteResult>
  /** Resolves when a write waits or the queue is closed. */
  readonly arrival: () => Promise<void>
  /** Takes the next writes, up to the limits of one group but at least one. */
  readonly take: () => ReadonlyArray<WaitingWrite>
  readonly putBack: (writes: ReadonlyArray<WaitingWrite>) => void
  readonly failAll: (failure: Failure) => void
  /** Resolves when there is room for more; nothing when there is. */
  readonly room: () => Promise<void> | undefined
  readonly wake: () => void
}

const groupLimits = { bytes: 8 * 1024 * 1024, writes: 4096 }
const queueLimits = { bytes: 64 * 1024 * 1024, writes: 20_000 }

const bytesOf = (write: Write): number =>
  256 +
  (write._tag === 'Append'
    ? write.events.reduce((sum, event) => sum + event.data.length + event.metadata.length + 256, 0)
    : 0)

/** Timers of equal length cost next to nothing. */
const coarse = (ms: number): number => Math.max(0, Math.ceil(ms / 100) * 100)

const waitingWrite = (write: Write, deadline: number, resolve: (result: WriteResult) => void): WaitingWrite => {
  let answered = false
  const answer = (result: WriteResult) => {
    if (answered) return
    answered = true
    clearTimeout(timer)
    resolve(result)
  }
  const timer = setTimeout(
    () => {
      answer({ _tag: 'TimedOut' })
    },
    coarse(deadline - Date.now()),
  )
  return { write, bytes: bytesOf(write), isAnswered: () => answered, answer }
}

export const createWaitingWrites = (): WaitingWrites => {
  let queue: WaitingWrite[] = []
  let bytes = 0
  let arrived: () => void = () => undefined
  const roomy: Array<() => void> = []

  const isFull = () => bytes > queueLimits.bytes || queue.length > queueLimits.writes
  /** Writes that timed out while they waited. */
  const forgetAnswered = () => {
    queue = queue.filter((waiting) => !waiting.isAnswered())
    bytes = queue.reduce((sum, waiting) => sum + waiting.bytes, 0)
    release()
  }
  const release = () => {
    if (isFull()) return
    for (const resume of roomy.splice(0)) resume()
  }

  return {
    add: (write, deadline) =>
      new Promise((resolve) => {
        const waiting = waitingWrite(write, deadline, resolve)
        queue.push(waiting)
        bytes += waiting.bytes
        arrived()
      }),
    arrival: () =>
      new Promise((resolve) => {
        if (queue.length > 0) resolve()
        else arrived = resolve
      }),
    take: () => {
      let taken = 0
      let size = 0
      for (const waiting of queue) {
        if (taken > 0 && (size + waiting.bytes > groupLimits.bytes || taken >= groupLimits.writes)) break
        taken += 1
        size += waiting.bytes
      }
      bytes -= size
      const group = queue.slice(0, taken)
      queue = queue.slice(taken)
      release()
      return group.filter((waiting) => !waiting.isAnswered())
    },
    putBack: (writes) => {
      queue = [...writes, ...queue]
      bytes += writes.reduce((sum, waiting) => sum + waiting.bytes, 0)
    },
    failAll: (failure) => {
      const failed = queue
      queue = []
      bytes = 0
      for (const waiting of failed) waiting.answer(failure)
      release()
    },
    room: () => {
      if (isFull()) forgetAnswered()
      return isFull() ? new Promise((resolve) => roomy.push(resolve)) : undefined
    },
    wake: () => arrived(),
  }
}
