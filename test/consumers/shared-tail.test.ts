import { expect } from 'chai'
import fc from 'fast-check'
import { sharedTail } from '../../src/consumers/shared-tail'
import type { Delivery, EventStore, Position, SubscriptionStart } from '../../src/domain/event-store'
import { comparePositions } from '../../src/domain/position'
import { until } from '../support/until'
import { checkpointAt, delivered, eventsTo, position } from './deliveries'

type Subscribe = EventStore['subscribe']
const caughtUp: Delivery = { _tag: 'CaughtUp' }

/** A log that grows: a subscription catches up, says so, and follows. `cut` ends those that are open. */
const growing = (events: ReturnType<typeof eventsTo>) => {
  let length = 0
  let opened = 0
  let cuts = 0
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const go of [...waiting]) go()
  }
  const subscribe: Subscribe = async function* (start, _, signal) {
    opened += 1
    const mine = cuts
    const from = start === 'start' ? 0 : events.findIndex(({ position: at }) => comparePositions(at, start) > 0)
    let told = false
    for (let i = from < 0 ? events.length : from; !signal.aborted && mine === cuts;) {
      const event = i < length ? events[i] : undefined
      if (event !== undefined) {
        i += 1
        yield delivered(event)
      } else if (told)
        await new Promise<void>((resolve) => {
          const go = () => {
            waiting.delete(go)
            resolve()
          }
          waiting.add(go)
          signal.addEventListener('abort', go, { once: true })
        })
      else {
        told = true
        yield caughtUp
      }
    }
  }
  return {
    subscribe,
    opened: () => opened,
    grow: (by: number) => {
      length = Math.min(events.length, length + by)
      wake()
    },
    cut: () => {
      cuts += 1
      wake()
    },
    length: () => length,
  }
}

/** Reads until it is stopped, asking again where it stood when its subscription ends, as a consumer does. */
const reader = (subscribe: Subscribe, from: SubscriptionStart) => {
  const stop = new AbortController()
  const seen: Position[] = []
  const read = async () => {
    while (!stop.signal.aborted)
      for await (const delivery of subscribe(seen.at(-1) ?? from, [], stop.signal))
        if (delivery._tag === 'Event') seen.push(delivery.event.position)
  }
  const done = read()
  return { seen, stop: () => (stop.abort(), done) }
}

const expected = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => position(from + i + 1))

describe('readers that share the end of the log', () => {
  it('have one subscription once they have caught up, and each the events after its start', async () => {
    const log = growing(eventsTo(20))
    log.grow(10)
    const subscribe = sharedTail(log.subscribe, [])
    const readers = [reader(subscribe, 'start'), reader(subscribe, position(5)), reader(subscribe, position(10))]
    await until(() => readers[0]!.seen.length === 10 && log.opened() === 4)
    log.grow(10)
    await until(() => readers.every(({ seen }) => seen.at(-1)?.commit === 20n))
    expect(readers.map(({ seen }) => seen)).to.deep.equal([expected(0, 20), expected(5, 20), expected(10, 20)])
    expect(log.opened()).to.equal(4)
    await Promise.all(readers.map(({ stop }) => stop()))
  })

  it('who falls far behind reads for himself, and loses nothing', async () => {
    const log = growing(eventsTo(5_000))
    const subscribe = sharedTail(log.subscribe, [])
    const fast = reader(subscribe, 'start')
    const stop = new AbortController()
    const left = async (iterator: AsyncIterator<Delivery>, count: number): Promise<ReadonlyArray<Position>> => {
      const seen: Position[] = []
      while (seen.length < count) {
        const next = await iterator.next()
        if (next.done === true) break
        if (next.value._tag === 'Event') seen.push(next.value.event.position)
      }
      return seen
    }
    const [behind, late] = [0, 1].map(() => subscribe('start', [], stop.signal)[Symbol.asyncIterator]())
    for (const one of [behind!, late!]) expect((await one.next()).value).to.deep.equal(caughtUp)
    log.grow(1)
    expect(await left(behind!, 1)).to.deep.equal(expected(0, 1))
    log.grow(4_999)
    await until(() => fast.seen.length === 5_000)
    expect(await left(behind!, 4_999)).to.deep.equal(expected(1, 5_000))
    expect(await left(late!, 5_000)).to.deep.equal(expected(0, 5_000))
    stop.abort()
    await Promise.all([behind!.return?.(), late!.return?.(), fast.stop()])
  })

  it('learn each for himself that the log is another one', async () => {
    const beyond: Delivery = { _tag: 'BeyondTail', tail: undefined }
    let asked = 0
    const subscribe: Subscribe = async function* () {
      asked += 1
      await Promise.resolve()
      yield* asked === 1 ? [checkpointAt(3), caughtUp] : [beyond]
    }
    const shared = sharedTail(subscribe, [])
    const seen: Array<ReadonlyArray<string>> = []
    for (let time = 0; time < 2; time += 1) {
      const tags: string[] = []
      for await (const { _tag } of shared(time === 0 ? 'start' : position(3), [], new AbortController().signal))
        tags.push(_tag)
      seen.push(tags)
    }
    expect(seen).to.deep.equal([['Checkpoint', 'CaughtUp'], ['BeyondTail']])
  })

  it('lose and repeat nothing, whoever comes and goes while the log grows and subscriptions end', () => {
    const deed = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('grow' as const), by: fc.integer({ min: 1, max: 9 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), from: fc.nat(60) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.constant({ do: 'cut' as const }) },
      { weight: 3, arbitrary: fc.constant({ do: 'breathe' as const }) },
    )
    const events = eventsTo(60)
    return fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 30 }), async (deeds) => {
        const log = growing(events)
        const subscribe = sharedTail(log.subscribe, [])
        const readers: Array<{ readonly from: number; readonly of: ReturnType<typeof reader> }> = []
        for (const each of deeds) {
          if (each.do === 'grow') log.grow(each.by)
          if (each.do === 'cut') log.cut()
          if (each.do === 'join') {
            const from = Math.min(each.from, log.length())
            readers.push({ from, of: reader(subscribe, from === 0 ? 'start' : position(from)) })
          }
          if (each.do === 'leave') await readers.splice(each.which, 1)[0]?.of.stop()
          if (each.do === 'breathe') await new Promise((resolve) => setImmediate(resolve))
        }
        await until(() => readers.every(({ from, of }) => of.seen.length === log.length() - from), 5_000)
        for (const { from, of } of readers) expect(of.seen).to.deep.equal(expected(from, log.length()))
        await Promise.all(readers.map(({ of }) => of.stop()))
      }),
      { numRuns: 200 },
    )
  })
})
