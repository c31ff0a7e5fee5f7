import { randomUUID } from 'node:crypto'
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb'
import { Empty } from '@eventstore/db-client/generated/shared_pb'
import { AppendReq } from '@eventstore/db-client/generated/streams_pb'
import { credentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { streamIdentifier, wireUuid } from '../../../src/embedded/event-store/wire'
import { startFaultProxy } from '../../support/fault-proxy'
import { collect, eventually, newStream, rejection, runningServer } from './running'

const options = (stream: string): AppendReq =>
  new AppendReq().setOptions(
    new AppendReq.Options().setStreamIdentifier(streamIdentifier(stream)).setNoStream(new Empty()),
  )

const event = (): AppendReq => {
  const message = new AppendReq.ProposedMessage().setId(wireUuid(randomUUID(), false)).setData(Buffer.alloc(50))
  message.getMetadataMap().set('type', 'T').set('content-type', 'application/json')
  return new AppendReq().setProposedMessage(message)
}

describe('an append that is cut off before its end', () => {
  const running = runningServer()

  const isMissing = async (stream: string) => {
    const { client } = running()
    expect((await rejection(collect(client.readStream(stream)))).constructor.name).to.equal('StreamNotFoundError')
  }

  it('is not written when the connection is lost, at whatever byte', async () => {
    const { server } = running()
    const proxy = await startFaultProxy({ host: '127.0.0.1', port: server.port })
    const appendCutAfter = async (stream: string, bytes: number): Promise<boolean> => {
      const raw = new StreamsClient(`127.0.0.1:${proxy.port}`, credentials.createInsecure())
      proxy.cutAfter(bytes, 'requests')
      return new Promise<boolean>((resolve) => {
        const call = raw.append((error) => resolve(error !== null))
        call.on('error', () => undefined)
        call.write(options(stream))
        for (let n = 0; n < 40; n += 1) call.write(event())
        call.end()
      }).finally(() => raw.close())
    }
    try {
      for (let bytes = 300; bytes < 4000; bytes += 170) {
        const stream = newStream()
        expect(await appendCutAfter(stream, bytes)).to.equal(true)
        await eventually(() => server.openCalls() === 0)
        await isMissing(stream)
      }
    } finally {
      await proxy.stop()
    }
  }).timeout(30_000)
})
