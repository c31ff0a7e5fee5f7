import { type handleUnaryCall } from '@grpc/grpc-js'
import {
  type DeleteReq,
  DeleteResp,
  type TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb'
import { type OpenCalls, unaryReply } from './calls'
import { deadlineOf } from './deadline'
import { invalidArgument, streamDeleted, wrongExpectedVersion } from './errors'
import { expectedOf } from './expected'
import { type Log } from './log'
import { isMetastream, type Write } from './model'
import { empty, writableStreamOf } from './wire'
import { failureError } from './write-errors'

const target = (options: DeleteReq.Options | TombstoneReq.Options | undefined) => {
  if (options === undefined) throw invalidArgument('A delete needs options.')
  const stream = writableStreamOf(options.getStreamIdentifier())
  if (isMetastream(stream)) throw invalidArgument('The stream of a metadata cannot be deleted on its own.')
  return { stream, expected: expectedOf(options, options.hasRevision() ? options.getRevision() : undefined) }
}

/** The position at which the deletion stands in the log. */
const deletion = async (log: Log, write: Write, deadline: number): Promise<bigint | undefined> => {
  await log.room()
  const result = await log.write(write, deadline)
  switch (result._tag) {
    case 'Written':
      return result.position
    case 'WrongExpectedVersion':
      throw wrongExpectedVersion(write.stream, write.expected, result.current)
    case 'StreamDeleted':
      throw streamDeleted(write.stream)
    case 'Unavailable':
    case 'TimedOut':
    case 'NotStorable':
      throw failureError(result)
  }
}

const deleted = (position: bigint | undefined): DeleteResp =>
  position === undefined
    ? new DeleteResp().setNoPosition(empty())
    : new DeleteResp().setPosition(
        new DeleteResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position)),
      )

const tombstoned = (position: bigint | undefined): TombstoneResp =>
  position === undefined
    ? new TombstoneResp().setNoPosition(empty())
    : new TombstoneResp().setPosition(
        new TombstoneResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position)),
      )

export const deleteHandler =
  (log: Log, calls: OpenCalls): handleUnaryCall<DeleteReq, DeleteResp> =>
  (call, answer) => {
    unaryReply(calls, answer, async () => {
      const write: Write = { _tag: 'Delete', ...target(call.request.getOptions()) }
      return deleted(await deletion(log, write, deadlineOf(call)))
    })
  }

export const tombstoneHandler =
  (log: Log, calls: OpenCalls): handleUnaryCall<TombstoneReq, TombstoneResp> =>
  (call, answer) => {
    unaryReply(calls, answer, async () => {
      const write: Write = { _tag: 'Tombstone', ...target(call.request.getOptions()) }
      return tombstoned(await deletion(log, write, deadlineOf(call)))
    })
  }
