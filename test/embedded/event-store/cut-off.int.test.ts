import { randomUUID } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb'
import { Empty } from '@eventstore/db-client/generated/shared_pb'
import { AppendReq } from '@eventstore/db-client/generated/streams_pb'
import { credentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { streamIdentifier, wireUuid } from '../../../src/embedded/event-store/wire'
import { collect, eventually, newStream, rejection, runningServer } from './running'

/** A TCP connection to the server that can be cut. */
const startCable = async (port: number) => {
  const ends = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const end of [near, far]) ends.add(end.on('error', () => undefined))
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  return {
    port: (proxy.address() as AddressInfo).port,
    cut: () => {
      for (const end of ends) end.destroy()
      proxy.close()
    },
  }
}

const options = (stream: string): AppendReq =>
  new AppendReq().setOptions(
    new AppendReq.Options().setStreamIdentifier(streamIdentifier(stream)).setNoStream(new Empty()),
  )

const event = (): AppendReq => {
  const message = new AppendReq.ProposedMessage().setId(wireUuid(randomUUID(), false)).setData(Buffer.alloc(5000))
  message.getMetadataMap().set('type', 'T').set('content-type', 'application/json')
  return new AppendReq().setProposedMessage(message)
}

describe('an append that is cut off before its end', () => {
  const running = runningServer()

  for (const how of ['connection lost', 'call cancelled'] as const)
    it(`is not written: ${how}`, async () => {
      const { client, server } = running()
      const streams = Array.from({ length: 30 }, newStream)
      const cable = await startCable(server.port)
      const raw = new StreamsClient(`127.0.0.1:${cable.port}`, credentials.createInsecure())
      let failed = 0
      const calls = streams.map((stream) => {
        const call = raw.append(() => (failed += 1))
        call.on('error', () => undefined)
        call.write(options(stream))
        call.write(event())
        return call
      })
      await eventually(() => server.openCalls() === streams.length)
      if (how === 'connection lost') cable.cut()
      else for (const call of calls) call.cancel()
      await eventually(() => failed === streams.length && server.openCalls() === 0)
      for (const stream of streams)
        expect((await rejection(collect(client.readStream(stream)))).constructor.name).to.equal('StreamNotFoundError')
      raw.close()
      cable.cut()
    }).timeout(20_000)
})
