import * as E from 'fp-ts/Either'
import type { StoreDenied, StoreUnavailable } from '../../domain/event-store'
import { type Backoff, delayAfter } from '../../domain/backoff'
import { pause } from './deadline'

export type Unclear = { readonly _tag: 'Unclear'; readonly error: StoreUnavailable | StoreDenied }
/** `Clear`: the server has answered this very request. `Unclear`: whether it was done is not known. */
export type Outcome<Err, A> = { readonly _tag: 'Clear'; readonly result: E.Either<Err, A> } | Unclear

export const unclear = (reason: string): Unclear => ({ _tag: 'Unclear', error: { _tag: 'StoreUnavailable', reason } })
export const clear = <Err, A>(result: E.Either<Err, A>): Outcome<Err, A> => ({ _tag: 'Clear', result })

export type Patience = {
  readonly attempts: number
  readonly totalMs: number
  readonly attemptMs: number
  readonly backoff: Backoff
}

/**
 * Makes the same attempt until its outcome is clear, at most `attempts` times within `totalMs`; then the last unclear reason is the answer.
 * `ms` is what an attempt may take, `again` whether an earlier one may have been done.
 */
export const untilClear = async <Err, A>(
  patience: Patience,
  attempt: (ms: number, again: boolean) => Promise<Outcome<Err, A>>,
): Promise<E.Either<Err | StoreUnavailable | StoreDenied, A>> => {
  const end = performance.now() + patience.totalMs
  for (let n = 1; ; n++) {
    const outcome = await attempt(Math.max(1, Math.min(patience.attemptMs, end - performance.now())), n > 1)
    if (outcome._tag === 'Clear') return outcome.result
    const wait = delayAfter(patience.backoff, n, Math.random())
    if (n >= patience.attempts || performance.now() + wait >= end) return E.left(outcome.error)
    await pause(wait)
  }
}
