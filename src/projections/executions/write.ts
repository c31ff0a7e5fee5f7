import { executionCategory } from '../../domain/execution'
import type { Folded } from '../folding'
import type { Projection } from '../projection'
import { upsert } from '../upsert'
import { documentsOf } from './documents'
import { projectRun, type RunView } from './project'
import type { DocumentRow, ExecutionRow, LogRow, StepRow } from './rows'
import { documentsTable, executionsTable, logsTable, stepsTable } from './tables'

const executionRows = upsert(executionsTable)
const stepRows = upsert(stepsTable)
const logRows = upsert(logsTable)
const documentRows = upsert(documentsTable)

type Change = Folded<RunView, LogRow>
export type ChangedRows = {
  readonly executions: ReadonlyArray<ExecutionRow>
  readonly steps: ReadonlyArray<StepRow>
  readonly logs: ReadonlyArray<LogRow>
  readonly documents: ReadonlyArray<DocumentRow>
}

/** The rows that differ from what was written before. */
export const changedRows = (changes: ReadonlyArray<Change>): ChangedRows => ({
  executions: changes.map(({ view }) => view.execution),
  steps: changes.flatMap(({ view, since }) =>
    view.steps.filter(({ revision }) => since === undefined || revision > since),
  ),
  logs: changes.flatMap(({ facts }) => facts),
  documents: changes.flatMap(({ view }) => documentsOf(view.run)),
})

/** `workflow_executions`, `execution_steps`, `execution_logs` and `execution_documents`. */
export const executionsProjection: Projection<RunView, LogRow> = {
  name: 'executions',
  version: 1,
  prefixes: [`${executionCategory}-`],
  folding: projectRun,
  rows: (changes) => {
    const { executions, steps, logs, documents } = changedRows(changes)
    return [...executionRows(executions), ...stepRows(steps), ...logRows(logs), ...documentRows(documents)]
  },
}
