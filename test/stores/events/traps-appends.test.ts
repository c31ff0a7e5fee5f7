import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { esdbEventStore } from '../../../src/stores/events/esdb'
import { defaults } from '../../../src/stores/events/settings'
import { left, newEvent, newEvents, newStream, right } from '../../contract/event-store'
import { type AppendCall, type ReadCall, startScriptedEventStore } from '../../support/scripted-event-store'
import { until } from '../../support/until'
import { impatient, inTurn, nothing, scripted } from './scripted'

describe('Traps of the client: appends', () => {
  const { start, open, append, server } = scripted()

  it('D1: data that cannot be encoded never reaches the client, where the append would hang', async () => {
    const store = await start()
    const data = { n: 1n } as unknown as number
    expect(left(await append(store, [newEvent(data)]))._tag).to.equal('EventNotEncodable')
    expect(server().appends).to.have.length(0)
  })

  it('D2: a server that never answers is given up after the bound, having been sent the same bytes each time', async () => {
    const store = await start({ append: nothing })
    const events = newEvents(3)
    const began = performance.now()
    const answer = store.append(newStream('test'), 'no_stream', events)()
    ;(events[0].data as { n: number }).n = 99
    expect(left(await answer)._tag).to.equal('StoreUnavailable')
    expect(performance.now() - began).to.be.lessThan(10_000)
    expect(server().appends).to.have.length(3)
    expect(new Set(server().appends.map(({ events: sent }) => JSON.stringify(sent))).size).to.equal(1)
    expect(server().appends[0]?.events.map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id))
    expect(server().appends[0]?.events[0]?.bytes).to.include(Buffer.from('{"n":0}').toString('hex'))
  })

  it('D3: the failure of one connection does not touch an append over another', async () => {
    const failing = await start({ append: (call) => call.fail(status.UNAVAILABLE, 'down') })
    const sick = server()
    let answer: AppendCall | undefined
    const healthy = await start({ append: (call) => (answer = call) })
    const waiting = append(healthy)
    await until(() => answer !== undefined)
    expect(left(await append(failing))._tag).to.equal('StoreUnavailable')
    answer?.succeed(7n, 70n)
    expect(right(await waiting).revision).to.equal(7n)
    expect(server().appends).to.have.length(1)
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
    const store = open({ url: `${server().url}&throwOnAppendFailure=false` })
    expect(left(await append(store))).to.deep.equal({ _tag: 'WrongExpectedRevision', actual: 41n })
    server().script.append = (call) => call.conflict('no_stream')
    expect(left(await append(store))).to.deep.equal({ _tag: 'WrongExpectedRevision', actual: 'no_stream' })
  })

  it('D15: every append is a call of its own, never the shared stream; TLS without a user is refused at the start', async () => {
    const store = await start({ append: (call) => call.succeed(7n, 70n) })
    await Promise.all(Array.from({ length: 10 }, () => append(store)))
    expect([server().appends.length, server().batches()]).to.deep.equal([10, 0])
    expect(() => esdbEventStore({ url: 'esdb://127.0.0.1:2113' })).to.throw('needs a user')
  })

  it('D17: 200 appends at once as the very first are all answered', async () => {
    const store = await start(
      { append: (call) => call.succeed(7n, 70n) },
      { timeouts: { ...impatient, append: defaults.append } },
    )
    const answers = await Promise.all(Array.from({ length: 200 }, () => append(store)))
    expect(answers.map(right)).to.have.length(200)
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
        expect(server().appends.map(({ expected }) => expected)).to.deep.equal(['6', '6'])
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
      expect(server().reads).to.have.length(0)
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
      expect([server().appends.length, leader.appends.length]).to.deep.equal([1, 1])
      leader.stop()
    })
  })
})
