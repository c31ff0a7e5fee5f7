import { threadId } from 'node:worker_threads'
import { serveJobs } from '../../../src/nodes/threads/serve-jobs'

/** What the threads of these tests do. */
export type Order = 'answer' | 'hang' | 'throw' | 'end' | 'eat'

const eaten: unknown[] = []

serveJobs((order) => {
  switch (order as Order) {
    case 'answer':
      return threadId
    case 'hang':
      for (;;) continue
    case 'throw':
      throw new Error('a bug')
    case 'end':
      setImmediate(() => process.exit())
      return threadId
    case 'eat':
      for (;;) eaten.push(new Array(10_000).fill(eaten.length))
  }
})
