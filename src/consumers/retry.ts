import { setTimeout as after } from 'node:timers/promises'

/** Between half of it and all of it is waited, so that many waiters spread out. */
const delayAfter = (failures: number): number =>
  Math.min(5_000, 100 * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2)

export type Insisting = {
  readonly signal: AbortSignal
  readonly isTransient: (error: unknown) => boolean
  readonly onFailure: (error: unknown, failures: number) => void
}

export type Outcome<A> = { readonly _tag: 'Done'; readonly value: A } | { readonly _tag: 'Stopped' }

/** Tries until it works: 100 ms to 5 s between attempts, without end unless `signal` aborts. Rejects with the first error that is not transient. */
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
      await after(delayAfter(failures), undefined, { signal }).catch(() => undefined)
    }
  }
  return { _tag: 'Stopped' }
}
