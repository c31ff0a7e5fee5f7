import type { Worker } from 'node:worker_threads'
import { nodeThreads } from '../../src/nodes/preflight'

/** A pool of threads for each test of a `describe`, and what it did: `workers` in the order in which they began, `messages` that they sent. */
export const watchedThreads = () => {
  let threads = nodeThreads()
  const seen = { workers: [] as Array<Worker>, messages: 0 }
  const note = (worker: Worker) => {
    seen.workers.push(worker)
    worker.on('message', () => (seen.messages += 1))
  }
  beforeEach(() => {
    seen.workers = []
    seen.messages = 0
    process.on('worker', note)
  })
  afterEach(async () => {
    process.off('worker', note)
    await threads.close()
  })
  const start = (options: Parameters<typeof nodeThreads>[0] = {}) => {
    threads = nodeThreads({ threads: 1, ...options })
    return threads
  }
  return { seen, start, close: () => threads.close() }
}
