import { type handleClientStreamingCall, type ServerReadableStream } from '@grpc/grpc-js'
import { type AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb'
import { deadlineOf } from './deadline'
import { type OpenCalls, unaryReply } from './calls'
import { invalidArgument, maximumAppendSizeExceeded, streamDeleted } from './errors'
import { expectedOf } from './expected'
import { type Log } from './log'
import { type Expected, noEvents, type ProposedEvent, type Write, type Written } from './model'
import { eachMessage } from './messages'
import { maxAppendBytes } from './schema'
import { empty, proposedEvent, writableStreamOf } from './wire'
import { failureError } from './write-errors'

type AppendCall = ServerReadableStream<AppendReq, AppendResp>

const optionsOf = (options: AppendReq.Options) => ({
  stream: writableStreamOf(options.getStreamIdentifier()),
  expected: expectedOf(options, options.hasRevision() ? options.getRevision() : undefined),
})

/** Options first, then one message per event until the client half-closes. */
const received = async (call: AppendCall): Promise<Extract<Write, { _tag: 'Append' }>> => {
  let options: ReturnType<typeof optionsOf> | undefined
  const events: ProposedEvent[] = []
  let bytes = 0
  await eachMessage(call, (message: AppendReq) => {
    const opening = message.getOptions()
    const proposed = message.getProposedMessage()
    if (opening !== undefined && options === undefined) options = optionsOf(opening)
    else if (proposed === undefined || options === undefined)
      throw invalidArgument('An append starts with one options message, followed by events.')
    else {
      const event = proposedEvent(proposed)
      bytes += event.data.length
      if (bytes > maxAppendBytes) throw maximumAppendSizeExceeded(maxAppendBytes)
      events.push(event)
    }
    return undefined
  })
  if (options === undefined) throw invalidArgument('An append needs an options message.')
  return { _tag: 'Append', ...options, events }
}

const success = ({ revision, position }: Written): AppendResp => {
  const answer = new AppendResp.Success()
  if (revision === noEvents) answer.setNoStream(empty())
  else answer.setCurrentRevision(String(revision))
  if (position === undefined) answer.setNoPosition(empty())
  else
    answer.setPosition(
      new AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position)),
    )
  return new AppendResp().setSuccess(answer)
}

const conflict = (expected: Expected, current: bigint): AppendResp => {
  const answer = new AppendResp.WrongExpectedVersion()
  if (current === noEvents) answer.setCurrentNoStream(empty())
  else answer.setCurrentRevision(String(current))
  if (expected === 'any') answer.setExpectedAny(empty())
  else if (expected === 'exists') answer.setExpectedStreamExists(empty())
  else if (expected === 'no_stream') answer.setExpectedNoStream(empty())
  else answer.setExpectedRevision(String(expected))
  return new AppendResp().setWrongExpectedVersion(answer)
}

const append = async (log: Log, call: AppendCall): Promise<AppendResp> => {
  await log.room()
  const write = await received(call)
  const result = await log.write(write, deadlineOf(call))
  switch (result._tag) {
    case 'Written':
      return success(result)
    case 'WrongExpectedVersion':
      return conflict(write.expected, result.current)
    case 'StreamDeleted':
      throw streamDeleted(write.stream)
    case 'Unavailable':
    case 'TimedOut':
    case 'NotStorable':
      throw failureError(result)
  }
}

export const appendHandler =
  (log: Log, calls: OpenCalls): handleClientStreamingCall<AppendReq, AppendResp> =>
  (call, answer) => {
    unaryReply(calls, answer, () => append(log, call))
  }
