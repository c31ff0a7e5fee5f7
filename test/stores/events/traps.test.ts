import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Delivery, EventStore } from '../../../src/domain/event-store'
import { revision } from '../../../src/domain/position'
import { esdbEventStore } from '../../../src/stores/events/esdb'
import { defaults, type Options, type Settings } from '../../../src/stores/events/settings'
import { left, listen, newEvent, newEvents, newStream, right } from '../../contract/event-store'
import {
  type AppendCall,
  type ReadCall,
  type Script,
  type ScriptedEventStore,
  startScriptedEventStore,
} from '../../support/scripted-event-store'
import { until } from '../../support/until'

const impatient: Settings = {
  ...defaults,
  append: { attempts: 3, attemptMs: 200, totalMs: 2_000, backoff: { firstMs: 5, maxMs: 20 } },
  read: { attempts: 3, attemptMs: 200, totalMs: 2_000, backoff: { firstMs: 5, maxMs: 20 } },
  resubscribe: { firstMs: 5, maxMs: 50 },
}

/** Answers the n-th call with the n-th of `answers`, all further ones with the last. */
const inTurn = <A>(...answers: ReadonlyArray<(call: A) => void>) => {
  let n = 0
  return (call: A) => answers[Math.min(n++, answers.length - 1)]?.(call)
}
const nothing = () => undefined

describe('Traps of the client, one by one', () => {
  let server: ScriptedEventStore
  const open: EventStore[] = []
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)

  const start = async (script: Partial<Script> = {}, options: Partial<Options> = {}): Promise<EventStore> => {
    server = await startScriptedEventStore(script)
    const store = esdbEventStore({ url: server.url, timeouts: impatient, ...options })
    open.push(store)
    return store
  }
  /** Answers tail reads with `tail`, subscriptions in turn. */
  const log = (tail: () => bigint, ...subscriptions: ReadonlyArray<(call: ReadCall) => void>): Partial<Script> => {
    const subscribed = inTurn(...subscriptions)
    return {
      read: (call) => {
        if (call.subscription) return subscribed(call)
        call.event({ position: tail() })
        call.end()
      },
    }
  }
  const subscriptions = () => server.reads.filter(({ subscription }) => subscription)
  const append = async (store: EventStore, events = newEvents(1)) =>
    store.append(newStream('test'), revision(6n), events)()
  const positions = (deliveries: ReadonlyArray<Delivery>) =>
    deliveries.map((d) =>
      d._tag === 'Event' ? d.event.position.commit : d._tag === 'Checkpoint' ? d.position.commit : d._tag,
    )

  beforeEach(() => {
    unhandled.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()))
    server.stop()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).to.deep.equal([])
  })

  it('D1: data that cannot be encoded never reaches the client, where the append would hang', async () => {
    const store = await start()
    const data = { n: 1n } as unknown as number
    expect(left(await append(store, [newEvent(data)]))._tag).to.equal('EventNotEncodable')
    expect(server.appends).to.have.length(0)
  })

  it('D2: a server that never answers is given up after the bound, having been sent the same bytes each time', async () => {
    const store = await start({ append: nothing })
    const events = newEvents(3)
    const began = performance.now()
    const answer = store.append(newStream('test'), 'no_stream', events)()
    ;(events[0].data as { n: number }).n = 99
    expect(left(await answer)._tag).to.equal('StoreUnavailable')
    expect(performance.now() - began).to.be.lessThan(1_500)
    expect(server.appends).to.have.length(3)
    expect(new Set(server.appends.map(({ events: sent }) => JSON.stringify(sent))).size).to.equal(1)
    expect(server.appends[0]?.events.map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id))
    expect(server.appends[0]?.events[0]?.bytes).to.include(Buffer.from('{"n":0}').toString('hex'))
  })

  it('D3: the failure of one connection does not touch an append over another', async () => {
    const failing = await start({ append: (call) => call.fail(status.UNAVAILABLE, 'down') })
    const sick = server
    let answer: AppendCall | undefined
    const healthy = await start({ append: (call) => (answer = call) })
    const waiting = append(healthy)
    await until(() => answer !== undefined)
    expect(left(await append(failing))._tag).to.equal('StoreUnavailable')
    answer?.succeed(7n, 70n)
    expect(right(await waiting).revision).to.equal(7n)
    expect(server.appends).to.have.length(1)
    sick.stop()
  })

  it('D4: an answer that comes too late changes nothing and ends nothing', async () => {
    const late: AppendCall[] = []
    const store = await start({
      append: inTurn<AppendCall>(
        (call) => late.push(call),
        (call) => call.succeed(7n, 70n),
      ),
    })
    expect(right(await append(store)).revision).to.equal(7n)
    for (const call of late) call.succeed(7n, 70n)
    expect(right(await append(store)).revision).to.equal(7n)
  })

  it('D5: a conflict tells the actual revision, even when the address asks the client not to throw', async () => {
    await start({ append: (call) => call.conflict(41n) })
    const store = esdbEventStore({ url: `${server.url}&throwOnAppendFailure=false`, timeouts: impatient })
    open.push(store)
    expect(left(await append(store))).to.deep.equal({ _tag: 'WrongExpectedRevision', actual: 41n })
    server.script.append = (call) => call.conflict('no_stream')
    expect(left(await append(store))).to.deep.equal({ _tag: 'WrongExpectedRevision', actual: 'no_stream' })
  })

  it('D7: 200 subscriptions and reads that are left early leave no open read at the server', async () => {
    const store = await start(
      log(
        () => 9n,
        (call) => {
          call.confirm()
          for (const position of [1n, 2n, 3n]) call.event({ position })
        },
      ),
    )
    for (let n = 0; n < 200; n++)
      for await (const delivery of store.subscribe('start', ['test-'], new AbortController().signal))
        if (delivery._tag === 'Event') break
    await until(() => server.openReads() === 0)
    expect(subscriptions()).to.have.length(200)
    server.script.read = nothing
    await Promise.all(Array.from({ length: 20 }, () => store.readStream(newStream('test'), { limit: 10 })()))
    await until(() => server.openReads() === 0)
  })

  it('D7: a consumer that throws leaves no open read either', async () => {
    const store = await start(
      log(
        () => 9n,
        (call) => call.event({ position: 1n }),
      ),
    )
    const consume = async () => {
      for await (const delivery of store.subscribe('start', ['test-'], new AbortController().signal))
        throw new Error(delivery._tag)
    }
    expect(await consume().catch((error: unknown) => (error as Error).message)).to.equal('Event')
    await until(() => server.openReads() === 0)
  })

  it('D8: a subscription that ends without an error is taken up after the last event', async () => {
    const store = await start(
      log(
        () => 9n,
        (call) => {
          call.event({ position: 4n })
          call.end()
        },
        (call) => call.event({ position: 5n }),
      ),
    )
    const heard = listen(store, 'start', ['test-'])
    await until(() => heard.events().length === 2)
    expect(positions(heard.deliveries)).to.deep.equal([4n, 'Dropped', 5n])
    expect(subscriptions().map(({ from }) => from)).to.deep.equal(['start', '4'])
    await heard.stop()
  })

  const ends: ReadonlyArray<readonly [string, status, string]> = [
    ['D9: UNAVAILABLE', status.UNAVAILABLE, 'connection lost'],
    ['D9: CANCELLED', status.CANCELLED, 'server is shutting down'],
    ['S6: ABORTED', status.ABORTED, 'Consumer too slow'],
    ['S7: INTERNAL', status.INTERNAL, 'stopping'],
    ['S7: UNKNOWN', status.UNKNOWN, 'position is not a boundary'],
    ['S5: PERMISSION_DENIED', status.PERMISSION_DENIED, 'not an admin'],
  ]
  for (const [name, code, details] of ends)
    it(`${name} is a drop like any other`, async () => {
      const store = await start(
        log(
          () => 9n,
          (call) => {
            call.event({ position: 3n })
            setTimeout(() => call.fail(code, details), 20)
          },
          (call) => call.fail(code, details),
          (call) => call.event({ position: 5n }),
        ),
      )
      const heard = listen(store, 'start', ['test-'])
      await until(() => heard.events().length === 2)
      expect(positions(heard.deliveries)).to.deep.equal([3n, 'Dropped', 5n])
      expect(subscriptions().map(({ from }) => from)).to.deep.equal(['start', '3', '3'])
      await heard.stop()
    })

  it('D10: a checkpoint and CaughtUp come out behind the events that still wait in the client', async () => {
    const store = await start(
      log(
        () => 30n,
        (call) => {
          for (let position = 1n; position <= 8n; position++) call.event({ position })
          call.checkpoint(20n, 20n)
          call.caughtUp()
          call.event({ position: 21n })
        },
      ),
      { timeouts: { ...impatient, readAhead: { events: 2, bytes: 1_000_000 } } },
    )
    const stop = new AbortController()
    const seen: Delivery[] = []
    for await (const delivery of store.subscribe('start', ['test-'], stop.signal)) {
      seen.push(delivery)
      await new Promise((resolve) => setTimeout(resolve, 10))
      if (delivery._tag === 'Event' && delivery.event.position.commit === 21n) break
    }
    const events = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]
    expect(positions(seen.filter(({ _tag }) => _tag === 'Event'))).to.deep.equal([...events, 21n])
    expect(positions(seen).slice(0, 8)).to.deep.equal(events)
    expect(positions(seen).indexOf('CaughtUp')).to.be.greaterThan(7)
  })

  it('D11: a checkpoint that has to be compared with the tail does not hold up the events behind it', async () => {
    const store = await start({
      read: (call) => {
        if (!call.subscription) return
        call.event({ position: 1n })
        call.checkpoint(5n, 5n)
        call.event({ position: 6n })
      },
    })
    const heard = listen(store, 'start', ['test-'])
    await until(() => heard.events().length === 2)
    await heard.stop()
  })

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

  it('D13: positions beyond 2^53 are exact, also when asked for again', async () => {
    const far = 2n ** 62n + 1n
    const store = await start(
      log(
        () => far + 2n,
        (call) => {
          call.event({ position: far, revision: 1 })
          call.end()
        },
        (call) => call.event({ position: far + 1n, revision: 2 }),
      ),
    )
    const heard = listen(store, 'start', ['test-'])
    await until(() => heard.events().length === 2)
    expect(heard.events().map(({ position }) => position.prepare)).to.deep.equal([far, far + 1n])
    expect(subscriptions()[1]?.from).to.equal(String(far))
    await heard.stop()
  })

  it('D14: a consumer that stands still holds the server back, and misses nothing when it goes on', async () => {
    const total = 8_000n
    let sent = 0n
    const flood = (call: ReadCall) => {
      const more = () => {
        while (sent < total && !call.cancelled()) {
          sent += 1n
          if (!call.event({ position: sent, data: JSON.stringify({ filler: 'x'.repeat(300) }) })) break
        }
        if (sent < total && !call.cancelled()) call.onDrain(more)
      }
      more()
    }
    const store = await start(
      log(() => total, flood),
      {
        timeouts: { ...impatient, readAhead: { events: 8_192, bytes: 200_000 } },
      },
    )
    const stop = new AbortController()
    const deliveries = store.subscribe('start', ['test-'], stop.signal)[Symbol.asyncIterator]()
    await deliveries.next()
    let before = 0n
    await until(async () => {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 200))
      return before === sent
    })
    expect(Number(sent)).to.be.lessThan(3_000)
    let expected = 2n
    for (; expected <= total; expected++) {
      const { value } = (await deliveries.next()) as { readonly value: Delivery }
      if (value._tag !== 'Event' || value.event.position.commit !== expected) expect.fail(value._tag)
    }
    await deliveries.return?.()
  })

  it('D15: every append is a call of its own, never the shared stream; TLS without a user is refused at the start', async () => {
    const store = await start({ append: (call) => call.succeed(7n, 70n) })
    await Promise.all(Array.from({ length: 10 }, () => append(store)))
    expect([server.appends.length, server.batches()]).to.deep.equal([10, 0])
    expect(() => esdbEventStore({ url: 'esdb://127.0.0.1:2113' })).to.throw('needs a user')
  })

  it('D16: a read that is never answered is given up after the bound and cancelled', async () => {
    const store = await start({ read: nothing })
    expect(left(await store.readStream(newStream('test'), { limit: 10 })())._tag).to.equal('StoreUnavailable')
    expect(left(await store.tail())._tag).to.equal('StoreUnavailable')
    await until(() => server.openReads() === 0)
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

  it('D17: 200 appends at once as the very first are all answered', async () => {
    const store = await start(
      { append: (call) => call.succeed(7n, 70n) },
      { timeouts: { ...impatient, append: defaults.append } },
    )
    const answers = await Promise.all(Array.from({ length: 200 }, () => append(store)))
    expect(answers.map(right)).to.have.length(200)
  })

  it('S1, S2, S3: checkpoints of all ones, without prepare, repeated, stepping back or beyond the tail are refused', async () => {
    const ones = 2n ** 64n - 1n
    const store = await start(
      log(
        () => 50n,
        (call) => {
          call.event({ position: 10n })
          for (const [commit, prepare] of [
            [ones, ones],
            [50n, 0n],
            [10n, 10n],
            [9n, 9n],
            [5n, 6n],
            [60n, 60n],
          ] as const)
            call.checkpoint(commit, prepare)
          setTimeout(() => {
            for (const commit of [20n, 20n, 15n, 30n]) call.checkpoint(commit, commit)
            call.event({ position: 31n })
            call.end()
          }, 100)
        },
        nothing,
      ),
    )
    const refused: string[] = []
    const watched = esdbEventStore({
      url: server.url,
      timeouts: impatient,
      log: { warn: (_, message) => refused.push(message) },
    })
    open.push(store, watched)
    const heard = listen(watched, 'start', ['test-'])
    await until(() => subscriptions().length === 2)
    const seen = positions(heard.deliveries)
    expect(seen.filter((d) => typeof d === 'bigint')).to.satisfy((all: bigint[]) =>
      all.every((p, n) => n === 0 || p > all[n - 1]!),
    )
    expect(seen).to.include.members([10n, 30n, 31n]).and.not.include.members([60n]).and.not.include.members([50n])
    expect(refused.filter((message) => message === 'unsound checkpoint refused')).to.have.length(3)
    expect(refused).to.include('checkpoint beyond the tail refused')
    expect(subscriptions()[1]?.from).to.equal('31')
    await heard.stop()
  })

  it('S3: an event sent twice is delivered once; one behind a wrong checkpoint is delivered all the same', async () => {
    const store = await start(
      log(
        () => 50n,
        (call) => {
          call.event({ position: 10n })
          call.event({ position: 10n })
          call.checkpoint(40n, 40n)
          setTimeout(() => call.event({ position: 20n }), 100)
        },
      ),
    )
    const heard = listen(store, 'start', ['test-'])
    await until(() => heard.events().length === 2)
    expect(positions(heard.deliveries)).to.deep.equal([10n, 40n, 20n])
    await heard.stop()
  })

  describe('An append whose outcome is unclear', () => {
    const landed = [newEvent(), newEvent()] as const
    const there =
      (...ids: ReadonlyArray<string>) =>
      (call: ReadCall) => {
        ids.forEach((id, n) => call.event({ id, revision: 7 + n, position: BigInt(70 + n) }))
        call.end()
      }
    const unclearThenConflict = () => ({ append: inTurn<AppendCall>(nothing, (call) => call.conflict(8n)) })

    for (const [name, code] of [
      ['a time-out', status.DEADLINE_EXCEEDED],
      ['ABORTED', status.ABORTED],
      ['CANCELLED', status.CANCELLED],
      ['UNKNOWN', status.UNKNOWN],
      ['INTERNAL', status.INTERNAL],
      ['UNAVAILABLE', status.UNAVAILABLE],
    ] as const)
      it(`is sent again after ${name}`, async () => {
        const store = await start({
          append: inTurn<AppendCall>(
            (call) => call.fail(code, 'unclear'),
            (call) => call.succeed(7n, 70n),
          ),
        })
        expect(right(await append(store))).to.deep.equal({ revision: 7n, position: { commit: 70n, prepare: 70n } })
        expect(server.appends.map(({ expected }) => expected)).to.deep.equal(['6', '6'])
      })

    it('and refused the second time is a success when the stream holds its ids', async () => {
      const store = await start({ ...unclearThenConflict(), read: there(landed[0].id, landed[1].id) })
      expect(right(await append(store, landed))).to.deep.equal({
        revision: 8n,
        position: { commit: 71n, prepare: 71n },
      })
    })

    it('and refused the second time is refused when the stream holds others', async () => {
      const store = await start({ ...unclearThenConflict(), read: there(landed[0].id, newEvent().id) })
      expect(left(await append(store, landed))).to.deep.equal({ _tag: 'WrongExpectedRevision', actual: 8n })
    })

    it('and refused the second time stays unclear when the stream cannot be read', async () => {
      const store = await start({ ...unclearThenConflict(), read: (call) => call.fail(status.UNKNOWN, 'no') })
      expect(left(await append(store, landed))._tag).to.equal('StoreUnavailable')
    })

    it('refused the first time is refused, without a look at the stream', async () => {
      const store = await start({ append: (call) => call.conflict(8n), read: there(landed[0].id, landed[1].id) })
      expect(left(await append(store, landed))._tag).to.equal('WrongExpectedRevision')
      expect(server.reads).to.have.length(0)
    })

    it('follows the leader', async () => {
      const leader = await startScriptedEventStore({ append: (call) => call.succeed(7n, 70n) })
      const trailers = {
        exception: 'not-leader',
        'leader-endpoint-host': '127.0.0.1',
        'leader-endpoint-port': String(leader.port),
      }
      const store = await start({ append: (call) => call.fail(status.NOT_FOUND, 'leader info available', trailers) })
      expect(right(await append(store)).revision).to.equal(7n)
      expect([server.appends.length, leader.appends.length]).to.deep.equal([1, 1])
      leader.stop()
    })
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
      server.script.append = failing(status.FAILED_PRECONDITION, deleted)
      server.script.read = failing(status.FAILED_PRECONDITION, deleted)
      expect(left(await store.append(stream, 'no_stream', newEvents(1))())).to.deep.equal({
        _tag: 'StreamDeleted',
        stream,
      })
      expect(left(await store.readStream(stream, { limit: 1 })())).to.deep.equal({ _tag: 'StreamDeleted', stream })
      server.script.append = failing(status.PERMISSION_DENIED, denied)
      server.script.read = failing(status.PERMISSION_DENIED, denied)
      expect(left(await append(store))._tag).to.equal('StoreDenied')
      expect(left(await store.tail())._tag).to.equal('StoreDenied')
      server.script.append = failing(status.INVALID_ARGUMENT, tooLarge)
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
      server.script.append = (call) => call.fail(status.UNAVAILABLE, 'down')
      left(await append(store))
      left(await append(store))
      server.script.append = (call) => call.succeed(7n, 70n)
      right(await append(store))
      expect(told).to.deep.equal([true, false, true])
    })
  })
})
