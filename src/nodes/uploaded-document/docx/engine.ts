import { join } from 'node:path'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Pool, type PoolOptions, type PoolOutcome, startPool } from '../../threads/pool'
import { finding, type TemplateFault, templateFault, tooLarge, unreadable } from './fault'
import { type Inspection } from './inspect'
import { type Answer, type Job } from './job'
import { limits, megabytes } from './limits'
import { type Data, type Rendered } from './render'
import { type Watermark } from './watermark'

export interface RenderOptions {
  /** 3 to 30 seconds; 15 when absent. */
  readonly timeoutMs?: number
  /** For a document that is not to be taken for a real one. */
  readonly watermark?: Watermark | undefined
  readonly signal?: undefined
}

/** The same with a signal that stops the render at once, while it waits for a thread or while one is at work. */
export interface StoppableRenderOptions extends Omit<RenderOptions, 'signal'> {
  readonly signal: AbortSignal | undefined
}

/** The caller's own signal ended the render; no failure. */
export interface RenderStopped {
  readonly _tag: 'RenderStopped'
}

export interface RenderTemplate {
  (template: Uint8Array, data: Data | string, options?: RenderOptions): TE.TaskEither<TemplateFault, Rendered>
  (
    template: Uint8Array,
    data: Data | string,
    options: StoppableRenderOptions,
  ): TE.TaskEither<TemplateFault | RenderStopped, Rendered>
}

export interface DocxEngine {
  /** Left: no usable template at all. Right with `errors`: a document whose tags have to be mended. */
  readonly inspectTemplate: (template: Uint8Array) => TE.TaskEither<TemplateFault, Inspection>
  /** Data is a plain JSON object, or its text; the same template, data and watermark give the same bytes. */
  readonly renderTemplate: RenderTemplate
  readonly close: () => Promise<void>
}

const defaults: PoolOptions = { threads: 2, queue: 64, jobsPerThread: 2000, idleMs: 60_000, heapMb: 512 }

/** The threads that templates are read and filled in. */
export const docxThreads = (options: PoolOptions): Pool<Job, Answer> => startPool(join(__dirname, 'worker'), options)

const inspectionMs = 15_000

const within = (low: number, high: number, value: number): number => Math.min(high, Math.max(low, value))

const fault = (code: 'timeout' | 'rate_limited' | 'render.failed', tech: string): TemplateFault =>
  templateFault(finding(code), tech)

const outOfMemory = (job: Job, heapMb: number): TemplateFault =>
  job.type === 'inspect'
    ? tooLarge(`${heapMb} MB`, 'the template needs too much memory')
    : templateFault(finding('data.payload_too_large', { limit: `${heapMb} MB` }), 'the document needs too much memory')

const crashed = (job: Job, tech: string): TemplateFault =>
  job.type === 'inspect' ? unreadable(tech) : fault('render.failed', tech)

const answerOf = (
  job: Job,
  timeoutMs: number,
  heapMb: number,
  outcome: PoolOutcome<Answer>,
): Answer | E.Either<RenderStopped, never> => {
  switch (outcome._tag) {
    case 'Answered':
      return outcome.answer
    case 'TimedOut':
      return E.left(fault('timeout', `no end after ${timeoutMs} ms`))
    case 'Aborted':
      return E.left({ _tag: 'RenderStopped' })
    case 'OutOfMemory':
      return E.left(outOfMemory(job, heapMb))
    case 'Crashed':
      return E.left(crashed(job, outcome.tech))
    case 'NotStarted':
      return E.left(fault('timeout', outcome.tech))
    case 'QueueFull':
    case 'WaitedTooLong':
      return E.left(fault('rate_limited', 'too many documents are waiting'))
    case 'Closed':
      return E.left(fault('render.failed', 'the document engine is closed'))
  }
}

const jsonOf = (data: Data | string): E.Either<TemplateFault, string> =>
  pipe(
    E.tryCatch(
      () => (typeof data === 'string' ? data : JSON.stringify(data)),
      () => fault('render.failed', 'the data is not JSON'),
    ),
    E.filterOrElse(
      (json) => json.length <= limits.dataBytes,
      () =>
        templateFault(
          finding('data.payload_too_large', { limit: megabytes(limits.dataBytes) }),
          'the data is over the limit',
        ),
    ),
  )

const tooLong = (template: Uint8Array): boolean => template.length > limits.fileBytes

/** Reads and fills templates in worker threads with a deadline and a memory limit, at most two at a time. */
export const docxEngine = (options: Partial<PoolOptions> = {}): DocxEngine => {
  const poolOptions = { ...defaults, ...options }
  const pool = docxThreads(poolOptions)
  const run = (
    job: Job,
    timeoutMs: number,
    signal?: AbortSignal,
  ): TE.TaskEither<TemplateFault | RenderStopped, Inspection | Rendered> =>
    tooLong(job.template)
      ? TE.left(tooLarge(megabytes(limits.fileBytes), `the file has ${job.template.length} bytes`))
      : async () => answerOf(job, timeoutMs, poolOptions.heapMb, await pool.run(job, { timeoutMs, signal }))
  return {
    inspectTemplate: (template) =>
      run({ type: 'inspect', template }, inspectionMs) as TE.TaskEither<TemplateFault, Inspection>,
    renderTemplate: (
      template: Uint8Array,
      data: Data | string,
      { timeoutMs = 15_000, watermark, signal }: RenderOptions | StoppableRenderOptions = {},
    ) =>
      pipe(
        TE.fromEither(jsonOf(data)),
        TE.chainW((json) =>
          run({ type: 'render', template, json, watermark }, within(3000, 30_000, timeoutMs), signal),
        ),
      ) as TE.TaskEither<TemplateFault, Rendered>,
    close: pool.close,
  }
}
