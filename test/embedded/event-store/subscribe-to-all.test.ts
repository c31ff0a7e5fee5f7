import { ReadResp } from '@eventstore/db-client/generated/streams_pb'
import { expect } from 'chai'
import { type Reply } from '../../../src/embedded/event-store/calls'
import { type Log } from '../../../src/embedded/event-store/log'
import { type EventRecord } from '../../../src/embedded/event-store/model'
import { type Reader } from '../../../src/embedded/event-store/reader'
import { subscribeToAll } from '../../../src/embedded/event-store/subscribe-to-all'
import { createTail } from '../../../src/embedded/event-store/tail'
import { type ReadMessage, serializeReadMessage } from '../../../src/embedded/event-store/wire-read'
import { until } from '../../support/until'

const eventAt = (position: bigint): EventRecord => ({
  id: '00000000-0000-4000-8000-000000000000',
  type: 'T',
  isJson: true,
  metadata: new Uint8Array(),
  data: new Uint8Array(100),
  stream: 's',
  revision: position - 1n,
  position,
  created: position,
})

describe('a subscription to $all that was held back until the tail had passed it', () => {
  it('goes on in the database where it stood, with nothing twice', async () => {
    const stored: EventRecord[] = []
    const tail = createTail(5_000)
    const publish = (count: number) => {
      for (let n = 0; n < count; n += 1) {
        const event = eventAt(BigInt(stored.length) + 1n)
        stored.push(event)
        tail.publish([event])
      }
    }
    const reader = {
      all: ({ low, high, limit }: Parameters<Reader['all']>[0]) =>
        Promise.resolve(stored.filter(({ position }) => position >= low && position <= high).slice(0, limit)),
    }
    const over = new AbortController()
    const seen: number[] = []
    let release: () => void = () => undefined
    let held: Promise<void> | undefined
    const reply: Reply<ReadMessage> = {
      send: (message) => {
        const position = ReadResp.deserializeBinary(serializeReadMessage(message)).getEvent()?.getCommitPosition()
        if (position === undefined) return undefined
        seen.push(Number(position))
        if (seen.length === 10) held = new Promise((resolve) => (release = resolve))
        return held
      },
      drained: () => held,
      fail: () => undefined,
      over: over.signal,
    }
    publish(5)
    const request = {
      _tag: 'SubscribeToAll',
      from: 'start',
      filter: undefined,
      checkpointInterval: 32,
      resolveLinks: false,
      structuredIds: false,
    } as const
    const side = { log: { tail } as unknown as Log, reader: reader as unknown as Reader }
    const ended = subscribeToAll(side, request, reply).catch(() => 'ended')
    await until(() => seen.length === 5)
    publish(5)
    await until(() => seen.length === 10)
    publish(70)
    held = undefined
    release()
    await until(() => seen.at(-1) === 80)
    expect(seen).to.deep.equal(Array.from({ length: 80 }, (_, n) => n + 1))
    over.abort()
    await ended
  })
})
