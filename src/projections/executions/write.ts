import { executionCategory } from '../../domain/execution'
import type { Projection } from '../projection'
import { upsert } from '../upsert'
import { documentsOf } from './documents'
import { projectRun, type RunView } from './project'
import type { LogRow } from './rows'
import { documentsTable, executionsTable, logsTable, stepsTable } from './tables'

const writeExecutions = upsert(executionsTable)
const writeSteps = upsert(stepsTable)
const writeLogs = upsert(logsTable)
const writeDocuments = upsert(documentsTable)

/** `workflow_executions`, `execution_steps`, `execution_logs` and `execution_documents`. */
export const executionsProjection: Projection<RunView, LogRow> = {
  name: 'executions',
  version: 1,
  prefixes: [`${executionCategory}-`],
  folding: projectRun,
  write: async (tx, changes) => {
    await writeExecutions(
      tx,
      changes.map(({ view }) => view.execution),
    )
    await writeSteps(
      tx,
      changes.flatMap(({ view, since }) =>
        view.steps.filter(({ revision }) => since === undefined || revision > since),
      ),
    )
    await writeLogs(
      tx,
      changes.flatMap(({ facts }) => facts),
    )
    await writeDocuments(
      tx,
      changes.flatMap(({ view }) => documentsOf(view.run)),
    )
  },
}
