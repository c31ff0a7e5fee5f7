import { type handleServerStreamingCall } from '@grpc/grpc-js'
import { type ReadReq } from '@eventstore/db-client/generated/streams_pb'
import { type OpenCalls, type Reply, streamReply } from './calls'
import { readAll, type ReadSide, readStream } from './read'
import { type ReadRequest, readRequest } from './read-request'
import { subscribeToAll } from './subscribe-to-all'
import { subscribeToStream } from './subscribe-to-stream'
import { type ReadMessage } from './wire-read'

const answer = (side: ReadSide, request: ReadRequest, reply: Reply<ReadMessage>): Promise<void> => {
  switch (request._tag) {
    case 'ReadStream':
      return readStream(side, request, reply)
    case 'ReadAll':
      return readAll(side, request, reply)
    case 'SubscribeToStream':
      return subscribeToStream(side, request, reply)
    case 'SubscribeToAll':
      return subscribeToAll(side, request, reply)
  }
}

export const readHandler =
  (side: ReadSide, calls: OpenCalls): handleServerStreamingCall<ReadReq, ReadMessage> =>
  (call) => {
    streamReply(calls, call, async (reply) => answer(side, readRequest(call.request), reply))
  }
