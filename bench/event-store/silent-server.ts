import { randomUUID } from 'node:crypto'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb'
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb'
import { AllStreamPosition } from '@eventstore/db-client/generated/shared_pb'
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb'
import { type BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb'
import { getSupportedMethods } from '../../src/embedded/event-store/features'
import { gossip } from '../../src/embedded/event-store/gossip'

const answer = (request: BatchAppendReq, position: number): BatchAppendResp =>
  new BatchAppendResp()
    .setCorrelationId(request.getCorrelationId())
    .setSuccess(
      new BatchAppendResp.Success()
        .setCurrentRevision(String(position))
        .setPosition(new AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position))),
    )

const batchAppend = (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
  let position = 0
  call.on('data', (request: BatchAppendReq) => {
    position += 1
    call.write(answer(request, position))
  })
  call.on('end', () => call.end())
}

const unused = (): void => undefined

/** Acknowledges every append and keeps nothing: what the client and gRPC alone can do on this machine. */
const server = new Server()
const bound = { host: '127.0.0.1', port: 0 }
server.addService(ServerFeaturesService, { getSupportedMethods })
server.addService(GossipService, { read: gossip(randomUUID(), () => bound) })
server.addService(StreamsService, {
  batchAppend,
  append: unused,
  delete: unused,
  tombstone: unused,
  read: unused,
})
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  bound.port = port
  console.log(`silent server ready at esdb://127.0.0.1:${port}?tls=false`)
})
process.once('SIGTERM', () => process.exit(0))
