import { type Outcome, startThread, type Thread } from './thread'
import { turns } from './turns'

export interface PoolOptions {
  readonly threads: number
  /** Jobs that may wait for a thread, half of them of one owner; further ones are refused. */
  readonly queue: number
  /** How long a job may wait for a thread; without end when absent. */
  readonly waitMs?: number
  /** A thread is replaced after so many jobs, and after every job that did not end well. */
  readonly jobsPerThread: number
  /** A thread without a job is ended after so long; the next job starts another. */
  readonly idleMs: number
  readonly heapMb: number
}

export type PoolOutcome<Answer> =
  Outcome<Answer> | { readonly _tag: 'QueueFull' } | { readonly _tag: 'WaitedTooLong' } | { readonly _tag: 'Closed' }

export interface JobOptions {
  /** Of the work itself, from when a thread is ready for it. */
  readonly timeoutMs: number
  /** An aborted job leaves the queue, or its thread is ended at once. */
  readonly signal?: AbortSignal | undefined
  /** Owners have their turns one after another. */
  readonly owner?: string
}

export interface Pool<Job, Answer> {
  readonly run: (job: Job, options: JobOptions) => Promise<PoolOutcome<Answer>>
  /** Ends at once what runs and refuses what waits. */
  readonly close: () => Promise<void>
}

interface Waiting<Job, Answer> {
  readonly job: Job
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly owner: string
  readonly resolve: (outcome: PoolOutcome<Answer>) => void
  /** No longer waits: nothing will take it out of the queue any more. */
  readonly release: () => void
}

interface Slot<Job, Answer> {
  thread: Thread<Job, Answer> | undefined
  jobs: number
  busy: boolean
  idle: NodeJS.Timeout | undefined
}

/** Threads that run one program, `file` without its extension, on jobs; started when there is work. */
export const startPool = <Job, Answer>(file: string, options: PoolOptions): Pool<Job, Answer> => {
  const slots: ReadonlyArray<Slot<Job, Answer>> = Array.from({ length: options.threads }, () => ({
    thread: undefined,
    jobs: 0,
    busy: false,
    idle: undefined,
  }))
  const waiting: Array<Waiting<Job, Answer>> = []
  const turn = turns()
  let closed = false

  const retire = async (slot: Slot<Job, Answer>) => {
    const { thread } = slot
    clearTimeout(slot.idle)
    slot.thread = undefined
    slot.jobs = 0
    await thread?.stop()
  }

  const threadOf = (slot: Slot<Job, Answer>): Thread<Job, Answer> => {
    clearTimeout(slot.idle)
    if (slot.thread?.isAlive() !== true) {
      slot.thread = startThread(file, options.heapMb)
      slot.jobs = 0
    }
    return slot.thread
  }

  const rest = (slot: Slot<Job, Answer>) => {
    slot.busy = false
    if (slot.thread !== undefined) slot.idle = setTimeout(() => void retire(slot), options.idleMs).unref()
  }

  const work = async (slot: Slot<Job, Answer>, { job, timeoutMs, signal, resolve }: Waiting<Job, Answer>) => {
    slot.busy = true
    const outcome = await threadOf(slot).run(job, timeoutMs, signal)
    slot.jobs += 1
    if (outcome._tag !== 'Answered' || slot.jobs >= options.jobsPerThread) await retire(slot)
    rest(slot)
    resolve(closed && outcome._tag !== 'Answered' ? { _tag: 'Closed' } : outcome)
    next()
  }

  const next = () => {
    const slot = slots.find(({ busy, thread }) => !busy && thread !== undefined) ?? slots.find(({ busy }) => !busy)
    if (slot === undefined || closed || waiting.length === 0) return
    const [task] = waiting.splice(turn.next(waiting.map(({ owner }) => owner)), 1)
    if (task === undefined) return
    task.release()
    void work(slot, task)
  }

  const wait = (job: Job, { timeoutMs, signal, owner = '' }: JobOptions): Promise<PoolOutcome<Answer>> =>
    new Promise((resolve) => {
      const leave = (outcome: PoolOutcome<Answer>) => {
        task.release()
        waiting.splice(waiting.indexOf(task), 1)
        resolve(outcome)
      }
      const stop = () => leave({ _tag: 'Aborted' })
      const timer =
        options.waitMs === undefined ? undefined : setTimeout(() => leave({ _tag: 'WaitedTooLong' }), options.waitMs)
      const release = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', stop)
      }
      const task: Waiting<Job, Answer> = { job, timeoutMs, signal, owner, resolve, release }
      signal?.addEventListener('abort', stop, { once: true })
      waiting.push(task)
      next()
    })

  const isFull = (owner: string | undefined): boolean =>
    slots.every(({ busy }) => busy) &&
    (waiting.length >= options.queue ||
      (owner !== undefined && waiting.filter((task) => task.owner === owner).length >= Math.ceil(options.queue / 2)))

  return {
    run: (job, wanted) => {
      if (closed) return Promise.resolve({ _tag: 'Closed' })
      if (isFull(wanted.owner)) return Promise.resolve({ _tag: 'QueueFull' })
      return wanted.signal?.aborted === true ? Promise.resolve({ _tag: 'Aborted' }) : wait(job, wanted)
    },
    close: async () => {
      closed = true
      for (const { resolve, release } of waiting.splice(0)) {
        release()
        resolve({ _tag: 'Closed' })
      }
      await Promise.all(slots.map(retire))
    },
  }
}
