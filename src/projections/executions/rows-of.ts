import type { Recorded } from '../../domain/event-store'
import { foldAll } from '../folding'
import { projectRun } from './project'
import { documentsOf } from './documents'
import type { DocumentRow, ExecutionRow, LogRow, StepRow } from './rows'

export type RunRows = {
  readonly execution: ExecutionRow
  readonly steps: ReadonlyArray<StepRow>
  readonly logs: ReadonlyArray<LogRow>
  readonly documents: ReadonlyArray<DocumentRow>
}

/** The rows that the whole history of a run makes; undefined for a run without one. Throws when an event cannot be read. */
export const rowsOf = (history: ReadonlyArray<Recorded>): RunRows | undefined => {
  const folded = foldAll(projectRun, undefined, history)
  if (folded === undefined) return undefined
  const { execution, steps, run } = folded.view
  return { execution, steps, logs: folded.facts, documents: documentsOf(run) }
}
