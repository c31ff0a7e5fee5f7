import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Delivery } from '../../../src/domain/event-store'
import { listen, newStream } from '../../contract/event-store'
import { until } from '../../support/until'
import { impatient, nothing, positions, scripted } from './scripted'

describe('Traps of the client: subscriptions', () => {
  const { start, log, subscriptions, server } = scripted()

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
    await until(() => server().openReads() === 0)
    expect(subscriptions()).to.have.length(200)
    server().script.read = nothing
    await Promise.all(Array.from({ length: 20 }, () => store.readStream(newStream('test'), { limit: 10 })()))
    await until(() => server().openReads() === 0)
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
    await until(() => server().openReads() === 0)
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
})
