import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { revision } from '../../../src/domain/position'
import { left, listen, newEvent, newEvents, newStream, right } from '../../contract/event-store'
import type { AppendCall, ReadCall } from '../../support/scripted-event-store'
import { until } from '../../support/until'
import { inTurn, nothing, positions, scripted } from './scripted'

describe('Traps of the client: answers', () => {
  const { start, append, log, server } = scripted()

  it('D12: what is not JSON has no data, malformed or binary or a bare text', async () => {
    const store = await start({
      read: (call) => {
        call.event({ position: 1n, revision: 0, data: '{"a":' })
        call.event({ position: 2n, revision: 1, data: '"text"' })
        call.event({ position: 3n, revision: 2, data: '{"a":1}', contentType: 'application/octet-stream' })
        call.event({ position: 4n, revision: 3, data: '', metadata: '' })
        call.event({ position: 5n, revision: 4, data: '{"a":1}', metadata: '{"b"' })
        call.end()
      },
    })
    const events = right(await store.readStream(newStream('test'), { limit: 10 })())
    expect(events.map(({ data }) => data)).to.deep.equal([undefined, undefined, undefined, undefined, { a: 1 }])
    expect(events.map(({ metadata }) => metadata)).to.deep.equal([{}, {}, {}, undefined, undefined])
  })

  it('D16: a read that is never answered is given up after the bound and cancelled', async () => {
    const store = await start({ read: nothing })
    expect(left(await store.readStream(newStream('test'), { limit: 10 })())._tag).to.equal('StoreUnavailable')
    expect(left(await store.tail())._tag).to.equal('StoreUnavailable')
    await until(() => server().openReads() === 0)
  })

  it('D16: a read that stops half-way is begun again', async () => {
    const store = await start({
      read: inTurn<ReadCall>(
        (call) => call.event({ position: 1n, revision: 0 }),
        (call) => {
          call.event({ position: 1n, revision: 0 })
          call.event({ position: 2n, revision: 1 })
          call.end()
        },
      ),
    })
    expect(right(await store.readStream(newStream('test'), { limit: 10 })())).to.have.length(2)
  })

  describe('Other answers', () => {
    it('a success without a position gets the position of its last event', async () => {
      const store = await start({
        append: (call) => call.succeed(7n),
        read: (call) => {
          call.event({ revision: 7, position: 70n })
          call.end()
        },
      })
      expect(right(await append(store)).position).to.deep.equal({ commit: 70n, prepare: 70n })
    })

    it('a deleted stream, a denial and a smaller size limit are told apart', async () => {
      const failing = (code: status, trailers: Record<string, string>) => (call: AppendCall | ReadCall) =>
        call.fail(code, 'refused', trailers)
      const store = await start()
      const stream = newStream('test')
      const deleted = { exception: 'stream-deleted', 'stream-name': stream }
      const denied = { exception: 'access-denied' }
      const tooLarge = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': '1024' }
      server().script.append = failing(status.FAILED_PRECONDITION, deleted)
      server().script.read = failing(status.FAILED_PRECONDITION, deleted)
      expect(left(await store.append(stream, 'no_stream', newEvents(1))())).to.deep.equal({
        _tag: 'StreamDeleted',
        stream,
      })
      expect(left(await store.readStream(stream, { limit: 1 })())).to.deep.equal({ _tag: 'StreamDeleted', stream })
      server().script.append = failing(status.PERMISSION_DENIED, denied)
      server().script.read = failing(status.PERMISSION_DENIED, denied)
      expect(left(await append(store))._tag).to.equal('StoreDenied')
      expect(left(await store.tail())._tag).to.equal('StoreDenied')
      server().script.append = failing(status.INVALID_ARGUMENT, tooLarge)
      expect(left(await append(store))).to.include({ _tag: 'EventTooLarge', limit: 1024 })
    })

    it('a stream cut off at the front is a deleted one, not a shorter one', async () => {
      const store = await start({
        read: (call) => {
          call.event({ revision: 5, position: 9n })
          call.end()
        },
      })
      const stream = newStream('test')
      expect(left(await store.readStream(stream, { limit: 10 })())).to.deep.equal({ _tag: 'StreamDeleted', stream })
      expect(right(await store.readStream(stream, { from: revision(5n), limit: 10 })())).to.have.length(1)
    })

    it('a log that has become shorter under a subscription ends it with BeyondTail', async () => {
      let tail = 9n
      const store = await start(
        log(
          () => tail,
          (call) => {
            call.event({ position: 8n })
            tail = 3n
            call.end()
          },
        ),
      )
      const heard = listen(store, 'start', ['test-'])
      await heard.done
      expect(positions(heard.deliveries)).to.deep.equal([8n, 'Dropped', 'BeyondTail'])
    })

    it('names with $, control characters or 257 characters are refused', async () => {
      const store = await start()
      for (const type of ['$system', '', 'a\u0001', 'x'.repeat(257)])
        expect(left(await append(store, [newEvent({}, type)]))).to.include({
          _tag: 'EventNotEncodable',
          path: '[0].type',
        })
      const stream = '$streams' as ReturnType<typeof newStream>
      expect(left(await store.append(stream, 'no_stream', newEvents(1))())).to.include({ path: 'stream' })
    })
  })

  describe('Health', () => {
    it('is told when the store stops and begins to answer, once each', async () => {
      const told: boolean[] = []
      const store = await start(
        { append: (call) => call.succeed(7n, 70n) },
        { onHealth: (healthy) => told.push(healthy) },
      )
      right(await append(store))
      right(await append(store))
      server().script.append = (call) => call.fail(status.UNAVAILABLE, 'down')
      left(await append(store))
      left(await append(store))
      server().script.append = (call) => call.succeed(7n, 70n)
      right(await append(store))
      expect(told).to.deep.equal([true, false, true])
    })
  })
})
