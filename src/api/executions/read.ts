import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { statuses } from '../../domain/execution/state'
import { CorrelationId, StepId, WorkflowId } from '../../domain/ids'
import { logDomains, logLevels } from '../../projections/executions/queries'
import { ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import { idParameter, patternParameter, query, timeParameter, wordParameter, wordsParameter } from '../query'
import { listParameters, pageAnswer, readPage, shownPage } from '../read-side'
import { readAllOf, type ReadingRuns, runAsked, runParameters, runQuery } from './reading'
import { shownExecution, shownLog, shownStep } from './shown'

export const readExecution = (deps: ReadingRuns) =>
  deps.on.route({
    roles: mayRead,
    query: runQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        runAsked(deps)(call),
        TE.map(({ row, position }) => ok(shownExecution(call)(row), { revision: row.revision, position })),
      ),
  })

const listQuery = query({
  ...listParameters,
  status: wordsParameter(statuses),
  workflow_id: idParameter(WorkflowId),
  correlation_id: idParameter(CorrelationId),
  trace_id: patternParameter(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
  created_from: timeParameter,
  created_to: timeParameter,
})

export const listExecutions = ({ on, executions }: ReadingRuns) =>
  on.route({
    roles: mayRead,
    query: listQuery,
    body: ignoreBody,
    handle: (call) => {
      const { limit: _, cursor: __, at_least_position: ___, ...filters } = call.query
      return pipe(
        readPage(executions, call.query, (paging) => executions.list(call.caller.organization, filters, paging)),
        TE.map(pageAnswer('executions', shownExecution(call))),
      )
    },
  })

export const readSteps = (deps: ReadingRuns) => readAllOf(deps)('steps', deps.executions.steps, shownStep)

const { at_least_position: _, ...pageParameters } = listParameters
const logsQuery = query({
  ...runParameters,
  ...pageParameters,
  level: wordParameter(logLevels),
  domain: wordParameter(logDomains),
  step_id: idParameter(StepId),
})

export const readLogs = (deps: ReadingRuns) =>
  deps.on.route({
    roles: mayRead,
    query: logsQuery,
    body: ignoreBody,
    handle: (call) => {
      const { limit, cursor, at_least: _, ...filters } = call.query
      return pipe(
        runAsked(deps)(call),
        TE.bindTo('run'),
        TE.bindW('read', ({ run }) =>
          readPage(deps.executions, { limit, cursor, at_least_position: undefined }, (paging) =>
            deps.executions.logs(call.caller.organization, run.row.id, filters, paging),
          ),
        ),
        TE.map(({ run, read: { page, position } }) =>
          ok(shownPage('logs', page, shownLog(call)), { revision: run.row.revision, position }),
        ),
      )
    },
  })
