import * as E from 'fp-ts/Either'
import type { AppendError, ReadError, StreamName } from '../../domain/event-store'
import { revision } from '../../domain/position'
import { clear, type Outcome, unclear } from './until-clear'

/** What the client's errors carry. */
type ClientError = {
  readonly type?: string
  readonly actualVersion?: bigint | 'no_stream'
  readonly maxAppendSize?: number
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

const typeOf = (error: unknown): ClientError => (error instanceof Error ? (error as ClientError) : {})

/** Everything but a deletion and a denial may pass: time-outs, lost connections, a server that is stopping or not the leader. */
export const readFailure = <A>(error: unknown, stream: StreamName): Outcome<ReadError, A> => {
  const { type } = typeOf(error)
  if (type === 'stream-deleted') return clear(E.left({ _tag: 'StreamDeleted', stream }))
  if (type === 'access-denied') return clear(E.left({ _tag: 'StoreDenied', reason: describe(error) }))
  return unclear(describe(error))
}

export const appendFailure = <A>(error: unknown, stream: StreamName, bytes: number): Outcome<AppendError, A> => {
  const { type, actualVersion, maxAppendSize } = typeOf(error)
  if (type === 'wrong-expected-version') {
    const actual = typeof actualVersion === 'bigint' && actualVersion >= 0n ? revision(actualVersion) : 'no_stream'
    return clear(E.left({ _tag: 'WrongExpectedRevision', actual }))
  }
  if (type === 'maximum-append-size-exceeded')
    return clear(E.left({ _tag: 'EventTooLarge', bytes, limit: maxAppendSize ?? 0 }))
  return readFailure(error, stream)
}
