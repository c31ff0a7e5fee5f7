import { type handleUnaryCall } from '@grpc/grpc-js'
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb'
import { type Empty } from '@eventstore/db-client/generated/shared_pb'

/** The client's behaviour branches on it: 23.10 has batch append, positions on stream reads and caughtUp. */
const serverVersion = '23.10.5'

const streams = 'event_store.client.streams.streams'
const methods = ['append', 'batchappend', 'read', 'delete', 'tombstone']

export const getSupportedMethods: handleUnaryCall<Empty, SupportedMethods> = (_call, answer) => {
  const supported = methods.map((method) => new SupportedMethod().setServiceName(streams).setMethodName(method))
  answer(null, new SupportedMethods().setMethodsList(supported).setEventStoreServerVersion(serverVersion))
}
