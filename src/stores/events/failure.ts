import * as E from 'fp-ts/Either'
import type { AppendError, ReadError, StreamName } from '../../domain/event-store'
import { revision } from '../../domain/position'
import { clear, type Outcome, unclear } from './until-clear'

/** What the client's errors carry; `code` is gRPC's, missing when the error came as the answer to this very append. */
type ClientError = {
  readonly type?: string
  readonly code?: number
  readonly streamName?: string
  readonly actualVersion?: bigint | 'no_stream'
  readonly maxAppendSize?: number
}

export const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

const clientError = (error: unknown): ClientError => (error instanceof Error ? (error as ClientError) : {})

export const readFailure = <A>(error: unknown, stream: StreamName): Outcome<ReadError, A> => {
  const { type } = clientError(error)
  if (type === 'stream-deleted') return clear(E.left({ _tag: 'StreamDeleted', stream }))
  if (type === 'access-denied') return clear(E.left({ _tag: 'StoreDenied', reason: describe(error) }))
  return unclear(describe(error))
}

/**
 * Only what names this stream answers this append: the client rejects appends with the errors of other connections too, all of which have a gRPC
 * code. A denial with one is asked again, and believed in the end.
 */
export const appendFailure = <A>(error: unknown, stream: StreamName, bytes: number): Outcome<AppendError, A> => {
  const { type, code, streamName, actualVersion, maxAppendSize } = clientError(error)
  if (type === 'wrong-expected-version' && streamName === stream) {
    const actual = typeof actualVersion === 'bigint' && actualVersion >= 0n ? revision(actualVersion) : 'no_stream'
    return clear(E.left({ _tag: 'WrongExpectedRevision', actual }))
  }
  if (type === 'stream-deleted' && streamName === stream) return clear(E.left({ _tag: 'StreamDeleted', stream }))
  if (type === 'maximum-append-size-exceeded')
    return clear(E.left({ _tag: 'EventTooLarge', bytes, limit: maxAppendSize ?? 0 }))
  if (type === 'access-denied') {
    const denied = { _tag: 'StoreDenied', reason: describe(error) } as const
    return code === undefined ? clear(E.left(denied)) : { _tag: 'Unclear', error: denied }
  }
  return unclear(describe(error))
}
