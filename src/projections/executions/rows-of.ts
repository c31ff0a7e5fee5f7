import type { Recorded } from '../../domain/event-store'
import { foldAll } from '../folding'
import { projectRun } from './project'
import type { ExecutionRow, LogRow, StepRow } from './rows'

export type RunRows = {
  readonly execution: ExecutionRow
  readonly steps: ReadonlyArray<StepRow>
  readonly logs: ReadonlyArray<LogRow>
}

/** The rows that the whole history of a run makes; undefined for a run without one. Throws when an event cannot be read. */
export const rowsOf = (history: ReadonlyArray<Recorded>): RunRows | undefined => {
  const folded = foldAll(projectRun, undefined, history)
  return folded === undefined
    ? undefined
    : { execution: folded.view.execution, steps: folded.view.steps, logs: folded.facts }
}
