import { expect } from 'chai'
import type { Delivery } from '../../../src/domain/event-store'
import { listen } from '../../contract/event-store'
import type { ReadCall } from '../../support/scripted-event-store'
import { until } from '../../support/until'
import { impatient, nothing, positions, scripted } from './scripted'

describe('Traps of the client: positions and checkpoints', () => {
  const { start, open, log, subscriptions } = scripted()

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

  it('S1, S2, S3: checkpoints of all ones, without prepare, repeated, stepping back or beyond the tail are refused', async () => {
    const ones = 2n ** 64n - 1n
    await start(
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
    const watched = open({ log: { warn: (_, message) => refused.push(message) } })
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
})
