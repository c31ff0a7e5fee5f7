import { parentPort } from 'node:worker_threads'
import { type Job, perform } from './job'

parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(perform(job))
})
parentPort?.postMessage('ready')
