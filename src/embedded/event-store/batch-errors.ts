import { type Message } from 'google-protobuf'
import { Any } from 'google-protobuf/google/protobuf/any_pb'
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb'
import { Code } from '@eventstore/db-client/generated/code_pb'
import {
  AccessDenied,
  BadRequest,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb'
import { Status } from '@eventstore/db-client/generated/status_pb'
import { type Expected, noEvents } from './model'
import { streamIdentifier } from './wire'

/** Errors of a batch append travel as details of a status; the client reads the name of the details. */
const statusOf = (code: Code, name: string, details: Message, message = name): Status => {
  const any = new Any()
  any.pack(details.serializeBinary(), `event_store.client.${name}`)
  return new Status().setCode(code).setMessage(message).setDetails(any)
}

export const wrongExpectedVersionStatus = (expected: Expected, current: bigint): Status => {
  const details = new WrongExpectedVersion()
  if (current === noEvents) details.setCurrentNoStream(new GoogleEmpty())
  else details.setCurrentStreamRevision(String(current))
  if (expected === 'any') details.setExpectedAny(new GoogleEmpty())
  else if (expected === 'exists') details.setExpectedStreamExists(new GoogleEmpty())
  else if (expected === 'no_stream') details.setExpectedNoStream(new GoogleEmpty())
  else details.setExpectedStreamPosition(String(expected))
  return statusOf(Code.ALREADY_EXISTS, 'WrongExpectedVersion', details)
}

export const streamDeletedStatus = (stream: string): Status =>
  statusOf(Code.NOT_FOUND, 'StreamDeleted', new StreamDeleted().setStreamIdentifier(streamIdentifier(stream)))

export const accessDeniedStatus = (): Status => statusOf(Code.PERMISSION_DENIED, 'AccessDenied', new AccessDenied())

export const timeoutStatus = (): Status => statusOf(Code.DEADLINE_EXCEEDED, 'Timeout', new Timeout())

export const maximumAppendSizeExceededStatus = (limit: number): Status =>
  statusOf(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', new MaximumAppendSizeExceeded().setMaxappendsize(limit))

export const badRequestStatus = (message: string): Status =>
  statusOf(Code.INVALID_ARGUMENT, 'BadRequest', new BadRequest().setMessage(message), message)
