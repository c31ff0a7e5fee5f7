import type { Recorded, Revision } from '../../domain/event-store'
import { execution } from '../../domain/execution'
import { type Execution, type ExecutionState, hasEnded } from '../../domain/execution/state'
import { decoded } from '../decoded'
import type { Folding } from '../folding'
import { executionAfter } from './execution'
import { logsOf } from './logs'
import type { ExecutionRow, LogRow, StepRow } from './rows'
import { stepsAfter } from './steps'

/** One run as folded so far: the decider's own state, so that its rules are written once, and the rows. */
export type RunView = {
  readonly run: Execution
  readonly execution: ExecutionRow
  readonly steps: ReadonlyArray<StepRow>
  readonly revision: Revision
}

const decode = decoded(execution.codec)

const born = (state: ExecutionState, recorded: Recorded): Execution => {
  if (state.status === 'unborn') throw new Error(`${recorded.stream} does not begin with ExecutionCreated`)
  return state
}

/** Pure: the rows of a run after one more event, and what its log says of it. */
export const projectRun: Folding<RunView, LogRow> = {
  step: (view, recorded) => {
    const event = decode(recorded)
    const run = born(execution.evolve(view?.run ?? execution.initialState, event), recorded)
    const steps = stepsAfter(view?.steps ?? [], run, recorded, event)
    const row = executionAfter(view?.execution, run, steps, recorded, event)
    return {
      view: { run: { ...run, triggerData: {} }, execution: row, steps, revision: recorded.revision },
      facts: logsOf(row, run, recorded, event),
    }
  },
  isOver: ({ run }) => hasEnded(run),
}
