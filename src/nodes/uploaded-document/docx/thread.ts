import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Answer, type Job } from './job'

export type Outcome =
  | { readonly _tag: 'Answered'; readonly answer: Answer }
  | { readonly _tag: 'TimedOut' }
  | { readonly _tag: 'Aborted' }
  | { readonly _tag: 'OutOfMemory' }
  | { readonly _tag: 'Crashed'; readonly tech: string }

/** One worker thread; it does one job at a time, and is of no more use after any outcome but an answer. */
export interface Thread {
  readonly run: (job: Job, timeoutMs: number, signal?: AbortSignal) => Promise<Outcome>
  readonly stop: () => Promise<void>
}

const extension = extname(__filename)

const startWorker = (heapMb: number): Worker =>
  new Worker(join(__dirname, `worker${extension}`), {
    // from TypeScript sources (tests) the worker needs the same loader; nothing of the environment is its business
    execArgv: extension === '.ts' ? ['--require', 'tsx/cjs'] : [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  })

const crash = (error: unknown): Outcome =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? { _tag: 'OutOfMemory' }
    : { _tag: 'Crashed', tech: error instanceof Error ? error.message : 'unknown' }

const endOf = (worker: Worker): Promise<Outcome> =>
  new Promise((resolve) => {
    worker.once('error', (error) => resolve(crash(error)))
    worker.once('exit', () => resolve({ _tag: 'Crashed', tech: 'the worker thread ended' }))
  })

const messageOf = <A = unknown>(worker: Worker): Promise<A> => new Promise((resolve) => worker.once('message', resolve))

const timed = async <A>(timeoutMs: number, outcomes: ReadonlyArray<Promise<A>>): Promise<A | Outcome> => {
  const timer: { id?: NodeJS.Timeout } = {}
  const deadline = new Promise<Outcome>((resolve) => {
    timer.id = setTimeout(() => resolve({ _tag: 'TimedOut' }), timeoutMs)
  })
  try {
    return await Promise.race([...outcomes, deadline])
  } finally {
    clearTimeout(timer.id)
  }
}

const abortable = async (signal: AbortSignal | undefined, outcome: Promise<Outcome>): Promise<Outcome> => {
  if (signal === undefined) return outcome
  const done = new AbortController()
  const aborted = new Promise<Outcome>((resolve) =>
    signal.addEventListener('abort', () => resolve({ _tag: 'Aborted' }), { signal: done.signal }),
  )
  try {
    return await Promise.race([outcome, aborted])
  } finally {
    done.abort()
  }
}

const startMs = 30_000

/** The deadline of a job begins when the thread is ready for it. */
export const startThread = (heapMb: number): Thread => {
  const worker = startWorker(heapMb)
  const ended = endOf(worker)
  const ready = timed(startMs, [messageOf(worker).then(() => undefined), ended])
  const answerTo = async (job: Job, timeoutMs: number): Promise<Outcome> => {
    const started = await ready
    if (started !== undefined) return started
    const answered = messageOf<Answer>(worker).then((answer): Outcome => ({ _tag: 'Answered', answer }))
    worker.postMessage(job)
    return timed(timeoutMs, [answered, ended])
  }
  return {
    run: async (job, timeoutMs, signal) => {
      worker.ref()
      try {
        return await abortable(signal, answerTo(job, timeoutMs))
      } finally {
        worker.unref()
      }
    },
    stop: async () => {
      await worker.terminate()
    },
  }
}
