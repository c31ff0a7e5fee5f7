import { type Job } from './job'
import { type Outcome, startThread, type Thread } from './thread'

export interface PoolOptions {
  readonly threads: number
  /** Jobs that may wait for a thread; further ones are refused. */
  readonly queue: number
  /** A thread is replaced after so many jobs, and after every job that did not end well. */
  readonly jobsPerThread: number
  readonly heapMb: number
}

export type PoolOutcome = Outcome | { readonly _tag: 'QueueFull' } | { readonly _tag: 'Closed' }

export interface Pool {
  /** An aborted job leaves the queue, or its thread is ended at once. */
  readonly run: (job: Job, timeoutMs: number, signal?: AbortSignal) => Promise<PoolOutcome>
  /** Ends at once what runs and refuses what waits. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly job: Job
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly resolve: (outcome: PoolOutcome) => void
  readonly leave: () => void
}

interface Slot {
  thread: Thread | undefined
  jobs: number
  busy: boolean
}

export const startPool = (options: PoolOptions): Pool => {
  const slots: ReadonlyArray<Slot> = Array.from({ length: options.threads }, () => ({
    thread: undefined,
    jobs: 0,
    busy: false,
  }))
  const waiting: Array<Waiting> = []
  let closed = false

  const retire = async (slot: Slot) => {
    const { thread } = slot
    slot.thread = undefined
    slot.jobs = 0
    await thread?.stop()
  }

  const work = async (slot: Slot, { job, timeoutMs, signal, resolve }: Waiting) => {
    slot.busy = true
    slot.thread ??= startThread(options.heapMb)
    const outcome = await slot.thread.run(job, timeoutMs, signal)
    slot.jobs += 1
    if (outcome._tag !== 'Answered' || slot.jobs >= options.jobsPerThread) await retire(slot)
    slot.busy = false
    resolve(closed && outcome._tag !== 'Answered' ? { _tag: 'Closed' } : outcome)
    next()
  }

  const next = () => {
    const slot = slots.find(({ busy, thread }) => !busy && thread !== undefined) ?? slots.find(({ busy }) => !busy)
    const task = slot === undefined || closed ? undefined : waiting.shift()
    if (slot === undefined || task === undefined) return
    task.signal?.removeEventListener('abort', task.leave)
    void work(slot, task)
  }

  const wait = (job: Job, timeoutMs: number, signal: AbortSignal | undefined): Promise<PoolOutcome> =>
    new Promise((resolve) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(task), 1)
        resolve({ _tag: 'Aborted' })
      }
      const task = { job, timeoutMs, signal, resolve, leave }
      signal?.addEventListener('abort', leave, { once: true })
      waiting.push(task)
      next()
    })

  return {
    run: (job, timeoutMs, signal) => {
      if (closed) return Promise.resolve({ _tag: 'Closed' })
      if (waiting.length >= options.queue && slots.every(({ busy }) => busy))
        return Promise.resolve({ _tag: 'QueueFull' })
      return signal?.aborted === true ? Promise.resolve({ _tag: 'Aborted' }) : wait(job, timeoutMs, signal)
    },
    close: async () => {
      closed = true
      for (const { signal, resolve, leave } of waiting.splice(0)) {
        signal?.removeEventListener('abort', leave)
        resolve({ _tag: 'Closed' })
      }
      await Promise.all(slots.map(retire))
    },
  }
}
