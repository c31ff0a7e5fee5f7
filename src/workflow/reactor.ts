import type { Recorded } from '../domain/event-store'
import { executionCategory, executionOfStream } from '../domain/execution'
import type { ExecutionEvent } from '../domain/execution/events'
import type { ExecutionId } from '../domain/ids'

/** Both may be called again for the same run: a workflow that was started is success, one that has ended needs no signal. */
export type Engine = {
  readonly start: (workflowId: string, execution: ExecutionId) => Promise<void>
  readonly resume: (workflowId: string) => Promise<void>
}

export const reactorPrefixes: ReadonlyArray<string> = [`${executionCategory}-`]

const starts: ExecutionEvent['type'] = 'ExecutionCreated'
const resumes: ExecutionEvent['type'] = 'DeliveryOutcomeDecided'

/** From the log to Temporal. The workflow's id is the stream's name. */
export const react =
  (engine: Engine) =>
  async ({ stream, type }: Pick<Recorded, 'stream' | 'type'>): Promise<void> => {
    const execution = executionOfStream(stream)
    if (execution === undefined) return
    if (type === starts) await engine.start(stream, execution)
    if (type === resumes) await engine.resume(stream)
  }
