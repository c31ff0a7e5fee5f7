import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js'
import { type StreamIdentifier, type UUID } from '@eventstore/db-client/generated/shared_pb'
import { type BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb'
import { type Status } from '@eventstore/db-client/generated/status_pb'
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb'
import {
  accessDeniedStatus,
  badRequestStatus,
  maximumAppendSizeExceededStatus,
  streamDeletedStatus,
  timeoutStatus,
  wrongExpectedVersionStatus,
} from './batch-errors'
import { type OpenCalls, type Reply, streamReply } from './calls'
import { isCallError, unavailable } from './errors'
import { type Log } from './log'
import { eachMessage } from './messages'
import { noEvents, type WriteResult, type Written } from './model'
import { chunkTimeoutMs, type OpenAppend, openAppend } from './open-append'
import { maxAppendBytes } from './schema'
import { allPosition, proposedEvent, streamIdentifier, uuidOf } from './wire'

const success = ({ revision, position }: Written): BatchAppendResp.Success => {
  const answer = new BatchAppendResp.Success()
  if (revision === noEvents) answer.setNoStream(new GoogleEmpty())
  else answer.setCurrentRevision(String(revision))
  if (position === undefined) answer.setNoPosition(new GoogleEmpty())
  else answer.setPosition(allPosition(position))
  return answer
}

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

const refusalOf = (error: unknown): Status => {
  if (!isCallError(error)) throw error
  return error.code === status.PERMISSION_DENIED ? accessDeniedStatus() : badRequestStatus(error.details)
}

/** Many appends over one call. Each correlation id gets exactly one answer: a second one breaks the client. */
const batchAppend = async (
  log: Log,
  call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
  reply: Reply<BatchAppendResp>,
): Promise<void> => {
  const open = new Map<string, OpenAppend>()
  const committing = new Map<string, Promise<void>>()

  const answer = (correlationId: UUID, identifier: StreamIdentifier | undefined): BatchAppendResp =>
    new BatchAppendResp().setCorrelationId(correlationId).setStreamIdentifier(identifier)

  const refuse = (id: string, append: OpenAppend, error: Status) => {
    clearTimeout(append.timer)
    open.delete(id)
    void reply.send(answer(append.correlationId, streamIdentifier(append.stream)).setError(error))
  }

  const begin = (id: string, correlationId: UUID, options: BatchAppendReq.Options): OpenAppend | undefined => {
    try {
      const append = openAppend(correlationId, options)
      const wait = Math.min(chunkTimeoutMs, append.deadline - Date.now())
      if (wait > 0) append.timer = setTimeout(() => refuse(id, append, timeoutStatus()), wait)
      open.set(id, append)
      if (wait <= 0) refuse(id, append, timeoutStatus())
      return open.get(id)
    } catch (error) {
      void reply.send(answer(correlationId, options.getStreamIdentifier()).setError(refusalOf(error)))
      return undefined
    }
  }

  const addEvents = (
    append: OpenAppend,
    messages: ReadonlyArray<BatchAppendReq.ProposedMessage>,
  ): Status | undefined => {
    try {
      for (const message of messages) {
        const event = proposedEvent(message)
        append.bytes += event.data.length
        if (append.bytes > maxAppendBytes) return maximumAppendSizeExceededStatus(maxAppendBytes)
        append.events.push(event)
      }
      return undefined
    } catch (error) {
      return refusalOf(error)
    }
  }

  const commit = async (append: OpenAppend): Promise<void> => {
    const { stream, expected, events } = append
    const result = await log.write({ _tag: 'Append', stream, expected, events }, append.deadline)
    const response = answer(append.correlationId, streamIdentifier(stream))
    if (result._tag === 'Written') response.setSuccess(success(result))
    else response.setError(statusFor(append, result))
    void reply.send(response)
  }

  const receive = (request: BatchAppendReq) => {
    const correlationId = request.getCorrelationId()
    const id = uuidOf(correlationId)
    const options = request.getOptions()
    if (correlationId === undefined || committing.has(id)) return
    const append = open.get(id) ?? (options === undefined ? undefined : begin(id, correlationId, options))
    if (append === undefined) return
    const error = addEvents(append, request.getProposedMessagesList())
    if (error !== undefined) refuse(id, append, error)
    else if (request.getIsFinal()) {
      clearTimeout(append.timer)
      open.delete(id)
      const done = commit(append)
        .catch(reply.fail)
        .finally(() => committing.delete(id))
      committing.set(id, done)
    }
  }

  try {
    await eachMessage(call, (request) => {
      receive(request)
      return reply.drained() ?? log.room()
    })
    for (const [id, append] of [...open]) refuse(id, append, timeoutStatus())
    await Promise.all(committing.values())
  } finally {
    for (const append of open.values()) clearTimeout(append.timer)
  }
}

export const batchAppendHandler =
  (log: Log, calls: OpenCalls): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> =>
  (call) => {
    streamReply(calls, call, (reply) => batchAppend(log, call, reply))
  }
