import {
  type Client,
  Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client'
import { setTimeout as pause } from 'node:timers/promises'
import { executionOfStream, executionStream } from '../domain/execution'
import type { ExecutionId } from '../domain/ids'
import type { runExecution } from './execution/workflow'
import type { Engine, RunOf } from './reactor'

/** Temporal is away or does not answer in time: the same call will do later. */
export const isTemporalAway = (error: unknown): boolean => error instanceof ServiceError || isGrpcServiceError(error)

/** Without the client's own repeats, which would hide for half a minute that Temporal is away; soon connected when it is back. */
export const temporalConnection = (address: string): Connection =>
  Connection.lazy({
    address,
    interceptors: [],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': 5_000 },
  })

const askEveryMs = 2_000

/** Asks Temporal every two seconds whether it answers, until the signal aborts: with nothing to start, nobody else would notice. */
export const temporalTrouble = (
  connection: Connection,
  namespace: string,
  signal: AbortSignal,
): (() => string | undefined) => {
  let trouble: string | undefined
  const ask = async (): Promise<void> => {
    while (!signal.aborted) {
      trouble = await connection
        .withDeadline(Date.now() + askEveryMs, () => connection.workflowService.describeNamespace({ namespace }))
        .then(
          () => undefined,
          () => 'Temporal does not answer',
        )
      await pause(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }
  void ask()
  return () => trouble
}

const longestCall = 10_000

/** Names instead of functions: this side must not load the workflow's code. */
const workflowType = 'runExecution'

/** A worker that dies in the middle of a task is noticed after so long, and its run goes on elsewhere. */
const workflowTaskTimeout = '4 seconds' as const

export const temporalEngine = (client: Client, taskQueue: string): Engine => {
  const within = <A>(call: () => Promise<A>): Promise<A> => client.withDeadline(Date.now() + longestCall, call)
  const options = ({ execution, organization }: RunOf) => ({
    workflowId: executionStream(execution),
    taskQueue,
    workflowTaskTimeout,
    args: [execution, organization] as [string, string],
  })
  return {
    start: async (run) => {
      try {
        await within(() =>
          client.workflow.start<typeof runExecution>(workflowType, {
            ...options(run),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowIdConflictPolicy: 'FAIL',
          }),
        )
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      }
    },
    wake: async (run, signal) => {
      await within(() =>
        client.workflow.signalWithStart<typeof runExecution>(workflowType, {
          ...options(run),
          signal,
          signalArgs: [],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        }),
      )
    },
  }
}

/** Those of these runs that have an open workflow. Temporal's own list may lag: who is not in it is asked for by name. */
export const runsWithWorkflow =
  (client: Client) =>
  async (runs: ReadonlyArray<ExecutionId>): Promise<ReadonlySet<ExecutionId>> => {
    const ids = runs.map((run) => `"${executionStream(run)}"`).join(', ')
    const open = new Set<ExecutionId>()
    const query = `WorkflowId IN (${ids}) AND ExecutionStatus = "Running"`
    for await (const { workflowId } of client.workflow.list({ query })) {
      const id = executionOfStream(workflowId as ReturnType<typeof executionStream>)
      if (id !== undefined) open.add(id)
    }
    for (const run of runs) if (!open.has(run) && (await isRunning(client, run))) open.add(run)
    return open
  }

const isRunning = async (client: Client, run: ExecutionId): Promise<boolean> => {
  try {
    const { status } = await client.withDeadline(Date.now() + longestCall, () =>
      client.workflow.getHandle(executionStream(run)).describe(),
    )
    return status.name === 'RUNNING'
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false
    throw error
  }
}
