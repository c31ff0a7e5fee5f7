import { credentials, Client } from '@grpc/grpc-js'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { loopback } from '../ports'
import { type Service } from '../process/service'

// grpc.health.v1: the request's field 1 is the service's name; the answer's field 1 is 1 when it serves.
const workflowService = Buffer.from('temporal.api.workflowservice.v1.WorkflowService')
const healthRequest = Buffer.concat([Buffer.from([0x0a, workflowService.length]), workflowService])
const serving = Buffer.from([0x08, 0x01])
const same = (buffer: Buffer) => buffer

const isServing = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const client = new Client(address, credentials.createInsecure())
    const deadline = { deadline: Date.now() + 1000 }
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, healthRequest, deadline, (error, answer) => {
      client.close()
      resolve(error === null && answer?.equals(serving) === true)
    })
  })

/**
 * Temporal's dev server with a database file: the program and flags of TestWorkflowEnvironment.createLocal, started like every other
 * service, so that it can be watched, killed and restarted on its port, and needs no process of the SDK to live.
 */
export const temporalService = (
  executable: string,
  database: string,
  port: number,
  env: NodeJS.ProcessEnv,
): Service => {
  const dynamic = ['frontend.enableServerVersionCheck=false', 'frontend.enableUpdateWorkflowExecution=true']
  return {
    name: 'temporal',
    command: executable,
    args: [
      ...['server', 'start-dev', '--headless', '--ip', loopback, '--port', String(port), '--namespace', 'default'],
      ...['--db-filename', database, '--log-format', 'json', '--log-level', 'warn'],
      ...dynamic.flatMap((value) => ['--dynamic-config-value', value]),
    ],
    program: database,
    env,
    prepare: () => mkdir(dirname(database), { recursive: true }),
    isReady: () => isServing(`${loopback}:${port}`),
    readyWithin: 60_000,
    stopSignal: 'SIGTERM',
    stopWithin: 15_000,
  }
}
