import { NativeConnection, Worker } from '@temporalio/worker'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutionActivities } from './execution/activities'
import { workflowCode } from './execution/bundle-file'

export type Temporal = { readonly address: string; readonly namespace: string; readonly taskQueue: string }

const patience = 1_000

/** Temporal may come up after us. */
const connected = async (address: string, signal: AbortSignal): Promise<NativeConnection> => {
  for (;;) {
    try {
      return await NativeConnection.connect({ address })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof TypeError) throw error
      await pause(patience, undefined, { signal })
    }
  }
}

/** Runs workflows and what they do until `shutdown`, which lets those at work finish, at most for the grace time. `most`: runs in `advance` at a time. */
export const temporalWorker = async (
  { address, namespace, taskQueue }: Temporal,
  activities: ExecutionActivities,
  most: number,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void>; readonly shutdown: () => Promise<void> }> => {
  const connection = await connected(address, signal)
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    ...workflowCode(),
    // A run is advanced within its workflow task, so a task's slot is held as long as a step hangs.
    maxConcurrentWorkflowTaskExecutions: most,
    maxConcurrentLocalActivityExecutions: most,
    maxCachedWorkflows: 2 * most,
    // A task for a worker that is gone goes to another after so long.
    stickyQueueScheduleToStartTimeout: '1 second',
    shutdownGraceTime: '8 seconds',
  })
  const ended = worker.run()
  return {
    ended,
    shutdown: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await ended.catch(() => undefined)
      await connection.close()
    },
  }
}
