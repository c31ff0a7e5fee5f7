import * as E from 'fp-ts/Either'
import { constVoid, pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import { commandHandler } from '../../domain/command-handler'
import { type Connection, connection, connectionStream } from '../../domain/connection'
import type { Execution } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import { CommandId, derivedId, type StepId } from '../../domain/ids'
import type { Node } from '../../domain/workflow-definition'
import { isOfConnection, reportOf } from '../../nodes/connections/report'
import { needsOf, type PreflightFacts } from '../../nodes/preflight'
import type { Catalog } from './catalog'
import type { RunCommands, RunLog } from './run-commands'

/**
 * Connections are told by the worker that used them: it alone knows which of two secrets it had. Only a change goes to the log, and what is no change
 * costs no read. What is lost with a worker, or while the log is away, is said again by the next use.
 */
export type Reporting = { readonly log: RunLog; readonly now: () => string }

const report = (
  { log, now }: Reporting,
  run: RunCommands,
  { connectionId, organizationId, version, trouble }: Connection,
  fault: Fault | null,
): T.Task<void> => {
  if (trouble?.fault.code === fault?.code) return T.of(undefined)
  const { executionId } = run.state()
  return pipe(
    commandHandler(log)(connection)(
      connectionStream(connectionId),
      { type: 'ReportConnection', version, fault, now: now() },
      {
        commandId: derivedId(CommandId, executionId, 'connection', connectionId, String(fault?.code), now()),
        commandHash: '',
        correlationId: run.correlationId,
        causationId: executionId,
        actor: { type: 'system', id: 'workflow' },
        organization: organizationId,
      },
    ),
    T.map(constVoid),
  )
}

const receiptsOf = ({ effects }: Execution, step: StepId): number =>
  Object.values(effects).filter(({ step_id, receipt }) => step_id === step && receipt !== undefined).length

/** Null: the attempt has used its connection, and it worked. Undefined: it tells nothing about it. */
const outcomeOf = (before: Execution, after: Execution, step: StepId): Fault | null | undefined => {
  if (receiptsOf(after, step) > receiptsOf(before, step)) return null
  const { lastFault } = after
  return lastFault !== undefined && lastFault !== before.lastFault && isOfConnection(lastFault.code)
    ? lastFault
    : undefined
}

/** What came of using the connection of a step. */
export const reportUsed =
  (deps: Reporting, catalog: Pick<Catalog, 'connection'>, run: RunCommands, node: Node, step: StepId) =>
  (before: Execution): T.Task<void> =>
  async () => {
    const outcome = outcomeOf(before, run.state(), step)
    const [id, another] = needsOf([node]).connections
    if (outcome === undefined || id === undefined || another !== undefined) return
    const used = await catalog.connection(id)()
    if (E.isRight(used) && used.right !== undefined) await report(deps, run, used.right, outcome)()
  }

/** What a run's checks found of the connections that they asked. That one is well they do not say: the answer may be a minute old. */
export const reportProbed = (
  deps: Reporting,
  run: RunCommands,
  { connections, probed = {} }: Pick<PreflightFacts, 'connections' | 'probed'>,
): T.Task<void> =>
  pipe(
    Object.values(connections).flatMap((each) => {
      const fault = each === undefined ? undefined : reportOf(each, probed[each.connectionId] ?? [], deps.now())?.fault
      return each === undefined || fault === undefined || fault === null ? [] : [report(deps, run, each, fault)]
    }),
    T.sequenceSeqArray,
    T.map(constVoid),
  )
