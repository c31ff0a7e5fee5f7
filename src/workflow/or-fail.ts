import { ApplicationFailure } from '@temporalio/activity'
import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'

type Tagged = { readonly _tag: string }

/**
 * The world is not there now, or it is an older docg that cannot read what a newer one wrote: the same call will do later. Everything else is a fault
 * of ours or the run's word, and final.
 */
const passing: ReadonlyArray<string> = [
  'StoreUnavailable',
  'StoreDenied',
  'UndecodableEvent',
  'TooManyConflicts',
  'Unavailable',
]

const failureOf = (error: Tagged): ApplicationFailure =>
  ApplicationFailure.create({
    type: error._tag,
    message: 'reason' in error && typeof error.reason === 'string' ? error.reason : error._tag,
    nonRetryable: !passing.includes(error._tag),
  })

/** The edge between TaskEither and Temporal. */
export const orFail = async <A>(task: TE.TaskEither<Tagged, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw failureOf(result.left)
  return result.right
}
