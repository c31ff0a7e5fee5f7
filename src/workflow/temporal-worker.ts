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

/** Runs activities and workflows until `shutdown`, which lets those at work finish, at most for the grace time. */
export const temporalWorker = async (
  { address, namespace, taskQueue }: Temporal,
  activities: ExecutionActivities,
  maxConcurrentActivityTaskExecutions: number,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void>; readonly shutdown: () => Promise<void> }> => {
  const connection = await connected(address, signal)
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    ...workflowCode(),
    maxConcurrentActivityTaskExecutions,
    maxCachedWorkflows: 200,
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
