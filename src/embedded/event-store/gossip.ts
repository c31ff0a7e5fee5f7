import { type handleUnaryCall } from '@grpc/grpc-js'
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb'
import { type Empty } from '@eventstore/db-client/generated/shared_pb'
import { ticks } from './commit-group'
import { wireUuid } from './wire'

/** A cluster of one: this server, leader and alive. */
export const gossip =
  (
    instanceId: string,
    address: () => { readonly host: string; readonly port: number },
  ): handleUnaryCall<Empty, ClusterInfo> =>
  (_call, answer) => {
    const { host, port } = address()
    const member = new MemberInfo()
      .setInstanceId(wireUuid(instanceId, false))
      .setTimeStamp(String(ticks()))
      .setState(MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new EndPoint().setAddress(host).setPort(port))
    answer(null, new ClusterInfo().setMembersList([member]))
  }
