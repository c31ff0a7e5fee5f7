import { type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js'
import { type Status } from '@eventstore/db-client/generated/status_pb'
import { type BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb'
import { type UUID } from '@eventstore/db-client/generated/shared_pb'
import { errorAnswer, refusalStatus, resultAnswer } from './batch-answers'
import { maximumAppendSizeExceededStatus, timeoutStatus } from './batch-errors'
import { type OpenCalls, type Reply, streamReply } from './calls'
import { type Log } from './log'
import { eachMessage } from './messages'
import { chunkTimeoutMs, type OpenAppend, openAppend } from './open-append'
import { maxAppendBytes } from './schema'
import { proposedEvent, streamIdentifier, uuidOf } from './wire'

type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>
type Messages = ReadonlyArray<BatchAppendReq.ProposedMessage>

const addEvents = (append: OpenAppend, messages: Messages): Status | undefined => {
  try {
    for (const message of messages) {
      const event = proposedEvent(message)
      append.bytes += event.data.length
      if (append.bytes > maxAppendBytes) return maximumAppendSizeExceededStatus(maxAppendBytes)
      append.events.push(event)
    }
    return undefined
  } catch (error) {
    return refusalStatus(error)
  }
}

/** Many appends over one call. Each correlation id gets exactly one answer: a second one breaks the client. */
const batchAppend = async (log: Log, call: BatchAppendCall, reply: Reply<BatchAppendResp>): Promise<void> => {
  const open = new Map<string, OpenAppend>()
  const committing = new Map<string, Promise<void>>()

  const close = (id: string, append: OpenAppend) => {
    clearTimeout(append.timer)
    open.delete(id)
  }

  const refuse = (id: string, append: OpenAppend, error: Status) => {
    close(id, append)
    void reply.send(errorAnswer(append.correlationId, streamIdentifier(append.stream), error))
  }

  const begin = (id: string, correlationId: UUID, options: BatchAppendReq.Options): OpenAppend | undefined => {
    try {
      const append = openAppend(correlationId, options)
      open.set(id, append)
      return append
    } catch (error) {
      void reply.send(errorAnswer(correlationId, options.getStreamIdentifier(), refusalStatus(error)))
      return undefined
    }
  }

  const commit = async (append: OpenAppend): Promise<void> => {
    const { stream, expected, events, deadline } = append
    const result = await log.write({ _tag: 'Append', stream, expected, events }, deadline)
    void reply.send(resultAnswer(append, result))
  }

  const commitOnce = (id: string, append: OpenAppend) => {
    close(id, append)
    const done = commit(append)
      .catch(reply.fail)
      .finally(() => committing.delete(id))
    committing.set(id, done)
  }

  const awaitFinal = (id: string, append: OpenAppend) => {
    const wait = Math.min(chunkTimeoutMs, append.deadline - Date.now())
    append.timer ??= setTimeout(() => refuse(id, append, timeoutStatus()), wait)
  }

  const receive = (request: BatchAppendReq) => {
    const correlationId = request.getCorrelationId()
    const id = uuidOf(correlationId)
    const options = request.getOptions()
    if (correlationId === undefined || committing.has(id)) return
    const append = open.get(id) ?? (options === undefined ? undefined : begin(id, correlationId, options))
    if (append === undefined) return
    const late = append.deadline <= Date.now() ? timeoutStatus() : undefined
    const error = late ?? addEvents(append, request.getProposedMessagesList())
    if (error !== undefined) refuse(id, append, error)
    else if (request.getIsFinal()) commitOnce(id, append)
    else awaitFinal(id, append)
  }

  try {
    await eachMessage(call, (request: BatchAppendReq) => {
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
