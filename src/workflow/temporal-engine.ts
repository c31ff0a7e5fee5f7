import {
  type Client,
  Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { setTimeout as pause } from 'node:timers/promises'
import type { runExecution } from './execution/workflow'
import type { Engine } from './reactor'

/** Temporal is away or does not answer in time: the same call will do later. */
export const isTemporalAway = (error: unknown): boolean => error instanceof ServiceError || isGrpcServiceError(error)

const isOneOf = (error: unknown, ...kinds: ReadonlyArray<abstract new (...args: never[]) => Error>): boolean =>
  kinds.some((kind) => error instanceof kind)

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
const resumeSignal = 'resume_after_review'

export const temporalEngine = (client: Client, taskQueue: string): Engine => ({
  start: async (workflowId, execution) => {
    try {
      await client.withDeadline(Date.now() + longestCall, () =>
        client.workflow.start<typeof runExecution>(workflowType, {
          workflowId,
          taskQueue,
          args: [execution],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
        }),
      )
    } catch (error) {
      if (!isOneOf(error, WorkflowExecutionAlreadyStartedError)) throw error
    }
  },
  resume: async (workflowId) => {
    try {
      await client.withDeadline(Date.now() + longestCall, () =>
        client.workflow.getHandle(workflowId).signal(resumeSignal),
      )
    } catch (error) {
      if (!isOneOf(error, WorkflowNotFoundError)) throw error
    }
  },
})
