import { Client, Connection } from '@temporalio/client'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { withProgram } from '../program'
import type { doNothing } from './workflow'

export type Peer = {
  /** One workflow, from its start until its result is here. */
  readonly run: () => Promise<unknown>
  readonly workerPid: number
}

const taskQueue = 'bare-temporal'

/** Temporal alone: a worker of its own on the product's server, whose workflows call `activities` plain activities that do nothing. */
export const withPeer = <A>(address: string, activities: number, work: (peer: Peer) => Promise<A>): Promise<A> => {
  const args = ['--require', 'tsx/cjs', join(__dirname, 'worker.ts'), address, taskQueue]
  return withProgram({ command: process.execPath, args }, async (workerPid) => {
    const connection = await Connection.connect({ address })
    const { workflow } = new Client({ connection })
    const run = () =>
      workflow.execute<typeof doNothing>('doNothing', { taskQueue, workflowId: randomUUID(), args: [activities] })
    try {
      return await work({ run, workerPid })
    } finally {
      await connection.close()
    }
  })
}
