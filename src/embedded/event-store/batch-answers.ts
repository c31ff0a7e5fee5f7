import { status } from '@grpc/grpc-js'
import { type StreamIdentifier, type UUID } from '@eventstore/db-client/generated/shared_pb'
import { type Status } from '@eventstore/db-client/generated/status_pb'
import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb'
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb'
import {
  accessDeniedStatus,
  badRequestStatus,
  streamDeletedStatus,
  timeoutStatus,
  wrongExpectedVersionStatus,
} from './batch-errors'
import { isCallError, unavailable } from './errors'
import { noEvents, type WriteResult, type Written } from './model'
import { type OpenAppend } from './open-append'
import { allPosition, streamIdentifier } from './wire'

export const errorAnswer = (
  correlationId: UUID,
  identifier: StreamIdentifier | undefined,
  error: Status,
): BatchAppendResp =>
  new BatchAppendResp().setCorrelationId(correlationId).setStreamIdentifier(identifier).setError(error)

const successOf = ({ revision, position }: Written): BatchAppendResp.Success => {
  const success = new BatchAppendResp.Success()
  if (revision === noEvents) success.setNoStream(new GoogleEmpty())
  else success.setCurrentRevision(String(revision))
  if (position === undefined) success.setNoPosition(new GoogleEmpty())
  else success.setPosition(allPosition(position))
  return success
}

/** There is no status for an unreachable database that the client could tell from others: the whole call ends. */
const statusFor = (append: OpenAppend, result: Exclude<WriteResult, Written>): Status => {
  switch (result._tag) {
    case 'WrongExpectedVersion':
      return wrongExpectedVersionStatus(append.expected, result.current)
    case 'StreamDeleted':
      return streamDeletedStatus(append.stream)
    case 'TimedOut':
      return timeoutStatus()
    case 'NotStorable':
      return badRequestStatus(result.reason)
    case 'Unavailable':
      throw unavailable(result.reason)
  }
}

/** Errors name the stream; the client asks for it only there. */
export const resultAnswer = (append: OpenAppend, result: WriteResult): BatchAppendResp =>
  result._tag === 'Written'
    ? new BatchAppendResp().setCorrelationId(append.correlationId).setSuccess(successOf(result))
    : errorAnswer(append.correlationId, streamIdentifier(append.stream), statusFor(append, result))

/** What an invalid chunk is answered with. */
export const refusalStatus = (error: unknown): Status => {
  if (!isCallError(error)) throw error
  return error.code === status.PERMISSION_DENIED ? accessDeniedStatus() : badRequestStatus(error.details)
}
