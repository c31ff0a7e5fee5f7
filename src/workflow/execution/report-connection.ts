import * as E from 'fp-ts/Either'
import type * as T from 'fp-ts/Task'
import { commandHandler } from '../../domain/command-handler'
import { type Connection, connection, connectionStream } from '../../domain/connection/connection'
import type { Execution } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import { CommandId, derivedId, type StepId } from '../../domain/ids'
import type { Node } from '../../domain/workflow-definition/node'
import { isOfConnection } from '../../nodes/connections/report'
import { needsOf } from '../../nodes/preflight'
import type { Catalog } from './catalog'
import type { RunCommands, RunLog } from './run-commands'

type Reporting = { readonly log: RunLog; readonly now: () => string }

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

const report =
  ({ log, now }: Reporting, run: RunCommands, step: StepId) =>
  ({ connectionId, organizationId, version }: Connection, fault: Fault | null): T.Task<unknown> => {
    const { executionId } = run.state()
    const commandId = derivedId(CommandId, executionId, 'connection', step, connectionId, now())
    return commandHandler(log)(connection)(
      connectionStream(connectionId),
      { type: 'ReportConnection', version, fault, now: now() },
      {
        commandId,
        commandHash: '',
        correlationId: run.correlationId,
        causationId: executionId,
        actor: { type: 'system', id: 'workflow' },
        organization: organizationId,
      },
    )
  }

/**
 * Tells the connection of a step what came of using it, from the worker that used it: it alone knows which of two secrets it had. Only a change goes to
 * the log, and none costs a read. What is lost with a worker, or while the log is away, is said again by the next use.
 */
export const reportConnection =
  (deps: Reporting, catalog: Pick<Catalog, 'connection'>, run: RunCommands, node: Node, step: StepId) =>
  (before: Execution): T.Task<void> =>
  async () => {
    const outcome = outcomeOf(before, run.state(), step)
    const [id, another] = needsOf([node]).connections
    if (outcome === undefined || id === undefined || another !== undefined) return
    const used = await catalog.connection(id)()
    if (E.isLeft(used) || used.right === undefined) return
    if (used.right.trouble?.fault.code !== outcome?.code) await report(deps, run, step)(used.right, outcome)()
  }
