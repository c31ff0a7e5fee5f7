import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

export type Outcome<Answer> =
  | { readonly _tag: 'Answered'; readonly answer: Answer }
  | { readonly _tag: 'TimedOut' }
  | { readonly _tag: 'Aborted' }
  | { readonly _tag: 'OutOfMemory' }
  | { readonly _tag: 'Crashed'; readonly tech: string }
  /** No fault of the job: the machine gave no thread, or not in time. */
  | { readonly _tag: 'NotStarted'; readonly tech: string }

/** One worker thread; it does one job at a time, and is of no more use after any outcome but an answer. */
export interface Thread<Job, Answer> {
  readonly run: (job: Job, timeoutMs: number, signal?: AbortSignal) => Promise<Outcome<Answer>>
  /** False once it has ended by itself. */
  readonly isAlive: () => boolean
  readonly stop: () => Promise<void>
}

const extension = extname(__filename)

const startWorker = (file: string, heapMb: number): Worker =>
  new Worker(`${file}${extension}`, {
    // from TypeScript sources (tests) the worker needs the same loader; nothing of the environment is its business
    execArgv: extension === '.ts' ? ['--require', 'tsx/cjs'] : [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  })

type Ended = Extract<Outcome<never>, { readonly _tag: 'OutOfMemory' | 'Crashed' }>

const crash = (error: unknown): Ended =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? { _tag: 'OutOfMemory' }
    : { _tag: 'Crashed', tech: error instanceof Error ? error.message : 'unknown' }

const endOf = (worker: Worker): Promise<Ended> =>
  new Promise((resolve) => {
    worker.once('error', (error) => resolve(crash(error)))
    worker.once('exit', () => resolve({ _tag: 'Crashed', tech: 'the worker thread ended' }))
  })

const messageOf = <A = unknown>(worker: Worker): Promise<A> => new Promise((resolve) => worker.once('message', resolve))

const timed = async <A>(timeoutMs: number, outcomes: ReadonlyArray<Promise<A>>): Promise<A | 'late'> => {
  const timer: { id?: NodeJS.Timeout } = {}
  const deadline = new Promise<'late'>((resolve) => {
    timer.id = setTimeout(() => resolve('late'), timeoutMs)
  })
  try {
    return await Promise.race([...outcomes, deadline])
  } finally {
    clearTimeout(timer.id)
  }
}

const abortable = async <A>(signal: AbortSignal | undefined, outcome: Promise<Outcome<A>>): Promise<Outcome<A>> => {
  if (signal === undefined) return outcome
  const done = new AbortController()
  const aborted = new Promise<Outcome<A>>((resolve) =>
    signal.addEventListener('abort', () => resolve({ _tag: 'Aborted' }), { signal: done.signal }),
  )
  try {
    return await Promise.race([outcome, aborted])
  } finally {
    done.abort()
  }
}

const startMs = 30_000

const techOf = (ended: Ended | 'late'): string => {
  if (ended === 'late') return `the thread was not ready within ${startMs} ms`
  return ended._tag === 'Crashed' ? ended.tech : 'no memory for a thread'
}

/** `file`: the thread's program, without its extension. The deadline of a job begins when the thread is ready for it. */
export const startThread = <Job, Answer>(file: string, heapMb: number): Thread<Job, Answer> => {
  const worker = startWorker(file, heapMb)
  let isAlive = true
  const ended = endOf(worker).finally(() => (isAlive = false))
  const ready = timed<Ended | 'ready'>(startMs, [messageOf(worker).then(() => 'ready'), ended])
  const answerTo = async (job: Job, timeoutMs: number): Promise<Outcome<Answer>> => {
    const started = await ready
    if (started !== 'ready') return { _tag: 'NotStarted', tech: techOf(started) }
    const answered = messageOf<Answer>(worker).then((answer): Outcome<Answer> => ({ _tag: 'Answered', answer }))
    worker.postMessage(job)
    const outcome = await timed<Outcome<Answer>>(timeoutMs, [answered, ended])
    return outcome === 'late' ? { _tag: 'TimedOut' } : outcome
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
    isAlive: () => isAlive,
    stop: async () => {
      await worker.terminate()
    },
  }
}
