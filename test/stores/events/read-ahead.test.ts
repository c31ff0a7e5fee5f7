import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Delivery, Recorded } from '../../../src/domain/event-store'
import { readAhead } from '../../../src/stores/events/read-ahead'
import { roughBytes } from '../../../src/stores/events/rough-bytes'

const eventOf = (n: number, data: unknown = {}): Delivery => ({
  _tag: 'Event',
  event: { position: { commit: BigInt(n), prepare: BigInt(n) }, data, metadata: {} } as Recorded,
})
const checkpoint = (n: number): Delivery => ({
  _tag: 'Checkpoint',
  position: { commit: BigInt(n), prepare: BigInt(n) },
})
const place = (delivery: Delivery | undefined) =>
  delivery?._tag === 'Event'
    ? Number(delivery.event.position.commit)
    : delivery?._tag === 'Checkpoint'
      ? Number(delivery.position.commit)
      : delivery?._tag

describe('Read-ahead', () => {
  it('gives events in the order they came, none lost, controls never before an earlier event', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('event', 'checkpoint', 'take'), { maxLength: 300 }), async (steps) => {
        const queue = readAhead({ events: 1e9, bytes: 1e9 })
        const out: Delivery[] = []
        let [pushed, waiting] = [0, 0]
        for (const [n, step] of steps.entries()) {
          if (step === 'event') {
            queue.push(eventOf(n))
            pushed += 1
            waiting += 1
          } else if (step === 'checkpoint') queue.push(checkpoint(n))
          else if (waiting > 0) {
            const next = await queue.next()
            if (next !== undefined) out.push(next)
            if (next?._tag === 'Event') waiting -= 1
          }
        }
        queue.end()
        for (let next = await queue.next(); next !== undefined; next = await queue.next()) out.push(next)
        const places = out.map(place) as number[]
        expect(places).to.deep.equal([...places].sort((a, b) => a - b))
        expect(out.filter(({ _tag }) => _tag === 'Event')).to.have.length(pushed)
      }),
    )
  })

  it('is full at its number of events or bytes, and tells when there is room', async () => {
    const byCount = readAhead({ events: 2, bytes: 1e9 })
    byCount.push(eventOf(1))
    expect(byCount.full()).to.equal(false)
    byCount.push(eventOf(2))
    expect(byCount.full()).to.equal(true)
    let room = false
    const waiting = byCount.room().then(() => (room = true))
    await Promise.resolve()
    expect(room).to.equal(false)
    await byCount.next()
    await waiting
    const byBytes = readAhead({ events: 100, bytes: 1_000 })
    byBytes.push(eventOf(1, { text: 'x'.repeat(1_000) }))
    expect(byBytes.full()).to.equal(true)
  })

  it('keeps the last of controls in a row, so that a consumer that stands still costs no memory', async () => {
    const queue = readAhead({ events: 2, bytes: 100 })
    for (let n = 0; n < 1_000; n++) queue.push(checkpoint(n))
    for (let n = 0; n < 1_000; n++) queue.push({ _tag: 'Dropped', reason: String(n) })
    expect(place(await queue.next())).to.equal(999)
    expect(await queue.next()).to.deep.equal({ _tag: 'Dropped', reason: '999' })
    queue.push({ _tag: 'CaughtUp' })
    expect(place(await queue.next())).to.equal('CaughtUp')
  })

  it('ends after what waits, or at once', async () => {
    const orderly = readAhead({ events: 10, bytes: 1e9 })
    orderly.push(eventOf(1))
    orderly.end()
    orderly.push(eventOf(2))
    expect([place(await orderly.next()), await orderly.next()]).to.deep.equal([1, undefined])
    const discarding = readAhead({ events: 1, bytes: 1e9 })
    discarding.push(eventOf(1))
    const room = discarding.room()
    discarding.end('discard')
    await room
    expect(await discarding.next()).to.equal(undefined)
    const waiting = readAhead({ events: 1, bytes: 1e9 })
    const next = waiting.next()
    waiting.end()
    expect(await next).to.equal(undefined)
  })

  it('estimates bytes about as long as the JSON is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), (value) => {
        const exact = JSON.stringify(value).length
        expect(roughBytes(value)).to.be.within(exact / 6 - 8, exact * 8 + 8)
      }),
    )
  })
})
