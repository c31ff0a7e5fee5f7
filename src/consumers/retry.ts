import { setTimeout as after } from 'node:timers/promises'
import { delayAfter } from '../domain/backoff'

const backoff = { firstMs: 100, maxMs: 5_000 }

export type Insisting = {
  readonly signal: AbortSignal
  readonly isTransient: (error: unknown) => boolean
  readonly onFailure: (error: unknown, failures: number) => void
}

export type Outcome<A> = { readonly _tag: 'Done'; readonly value: A } | { readonly _tag: 'Stopped' }

/** Tries until it works: 50 ms to 5 s between attempts, without end unless `signal` aborts. Rejects with the first error that is not transient. */
export const insistently = async <A>(
  work: () => Promise<A>,
  { signal, isTransient, onFailure }: Insisting,
): Promise<Outcome<A>> => {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return { _tag: 'Done', value: await work() }
    } catch (error) {
      if (!isTransient(error)) throw error
      onFailure(error, failures)
      await after(delayAfter(backoff, failures, Math.random()), undefined, { signal }).catch(() => undefined)
    }
  }
  return { _tag: 'Stopped' }
}
