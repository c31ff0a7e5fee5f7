import { parentPort } from 'node:worker_threads'

/** A thread's program: one answer to each job. What `perform` throws ends the thread. */
export const serveJobs = (perform: (job: unknown) => unknown): void => {
  parentPort?.on('message', (job: unknown) => {
    parentPort?.postMessage(perform(job))
  })
  parentPort?.postMessage('ready')
}
