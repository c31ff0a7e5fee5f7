import { join } from 'node:path'
import { type Pool, type PoolOptions, startPool } from '../threads/pool'
import type { Answer, Job } from './job'

export type NodeThreads = Pool<Job, Answer>

export const heapMb = 128

const defaults: PoolOptions = {
  threads: 2,
  queue: 64,
  waitMs: 5_000,
  jobsPerThread: 2_000,
  idleMs: 30_000,
  heapMb,
}

/** Threads that check nodes and fill in their texts, for what may take long. */
export const nodeThreads = (options: Partial<PoolOptions> = {}): NodeThreads =>
  startPool(join(__dirname, 'worker'), { ...defaults, ...options })

/** A job ends by itself when its time is over; what hangs in one place does not, and its thread is ended. */
const graceMs = 250

export const deadlineOf = (ms: number): number => ms + graceMs
