import { type Deadline } from '@grpc/grpc-js'

/** Longest time that a write is waited for. */
export const writeTimeoutMs = 10_000

/** When to stop waiting for a write, in ms since the Unix epoch. */
export const deadlineOf = (call: { readonly getDeadline: () => Deadline }): number => {
  const deadline = call.getDeadline()
  return Math.min(deadline instanceof Date ? deadline.getTime() : deadline, Date.now() + writeTimeoutMs)
}
