import * as E from 'fp-ts/Either'
import type {
  Appended,
  ExpectedRevision,
  ReadError,
  Recorded,
  Revision,
  WrongExpectedRevision,
} from '../../domain/event-store'
import { clear, type Outcome } from './until-clear'

type Sent = { readonly id: string }

/**
 * A retry refused for its revision: by the events that an earlier attempt wrote after all, or by somebody else's? A server that proves
 * idempotency has answered that itself; for one that cannot, the ids in the stream do.
 */
export const landedAlready = async (
  sent: ReadonlyArray<Sent>,
  expected: ExpectedRevision,
  refusal: WrongExpectedRevision,
  read: (from: Revision, count: number) => Promise<E.Either<ReadError, ReadonlyArray<Recorded>>>,
): Promise<Outcome<WrongExpectedRevision | ReadError, Appended>> => {
  const first = (expected === 'no_stream' ? 0n : expected + 1n) as Revision
  const there = await read(first, sent.length)
  if (E.isLeft(there))
    return there.left._tag === 'StoreUnavailable' ? { _tag: 'Unclear', error: there.left } : clear(there)
  const last = there.right.at(-1)
  const same =
    there.right.length === sent.length &&
    sent.every(
      ({ id }, index) => there.right[index]?.id === id && there.right[index].revision === first + BigInt(index),
    )
  return clear(
    same && last !== undefined ? E.right({ revision: last.revision, position: last.position }) : E.left(refusal),
  )
}
