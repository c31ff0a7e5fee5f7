import type { Aggregate } from '../decider'
import type { StreamName } from '../event-store'
import { ExecutionId } from '../ids'
import { streamName } from '../position'
import type { ExecutionCommand } from './commands'
import { decide } from './decide'
import type { ExecutionRefusal } from './errors'
import { type ExecutionEvent, ExecutionEvents } from './events'
import { evolve } from './evolve'
import { type ExecutionState, unborn } from './state'

export const executionCategory = 'execution'

/** One run, from trigger to end: its steps, effects, deliveries and signers are facts of this one stream. */
export const execution: Aggregate<ExecutionState, ExecutionCommand, ExecutionEvent, ExecutionRefusal> = {
  category: executionCategory,
  codec: ExecutionEvents,
  initialState: unborn,
  evolve,
  decide,
}

export const executionStream = (id: ExecutionId): StreamName => streamName(executionCategory, id)

/** The run a stream belongs to; undefined for a stream of another kind. */
export const executionOfStream = (stream: StreamName): ExecutionId | undefined => {
  const id = stream.slice(executionCategory.length + 1)
  return stream.startsWith(`${executionCategory}-`) && ExecutionId.is(id) ? id : undefined
}
