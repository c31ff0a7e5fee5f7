import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as fc from 'fast-check'
import { delayAfter } from '../../../src/domain/backoff'
import { connection } from '../../../src/stores/events/connection'
import { clear, type Outcome, unclear, untilClear } from '../../../src/stores/events/until-clear'
import { connectionString, appendCredentials, defaults } from '../../../src/stores/events/settings'
import { left, right } from '../../contract/event-store'

describe('Patience with the store', () => {
  const patience = { attempts: 4, attemptMs: 50, totalMs: 300, backoff: { firstMs: 1, maxMs: 4 } }
  const unavailable: Outcome<never, never> = unclear('quiet')

  it('asks until the answer is clear, at most so many times', async () => {
    for (let unclearTimes = 0; unclearTimes < 6; unclearTimes++) {
      const asked: boolean[] = []
      const answer = await untilClear<never, string>(patience, (_, again) => {
        asked.push(again)
        return Promise.resolve(asked.length > unclearTimes ? clear(E.right('done')) : unavailable)
      })
      expect(asked).to.deep.equal(Array.from({ length: Math.min(4, unclearTimes + 1) }, (_, n) => n > 0))
      if (unclearTimes < 4) expect(right(answer)).to.equal('done')
      else expect(left(answer)).to.deep.equal({ _tag: 'StoreUnavailable', reason: 'quiet' })
    }
  })

  it('never takes longer than its total, and gives the last attempt what is left of it', async () => {
    const given: number[] = []
    const began = performance.now()
    await untilClear<never, never>({ ...patience, attempts: 100, attemptMs: 120 }, async (ms) => {
      given.push(ms)
      await new Promise((resolve) => setTimeout(resolve, ms))
      return unavailable
    })
    expect(performance.now() - began).to.be.within(200, 6_000)
    expect(given[0]).to.equal(120)
    expect(given.at(-1)).to.be.lessThan(120)
  })

  it('waits longer after each failure, between half and all of the doubled time, never above the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const full = Math.min(10_000, 100 * 2 ** (failures - 1))
          expect(delayAfter({ firstMs: 100, maxMs: 10_000 }, failures, random)).to.be.within(full / 2, full)
        },
      ),
    )
  })
})

describe('The connection', () => {
  const make = (minAgeMs = 0) => {
    const disposed: number[] = []
    const health: boolean[] = []
    const it = connection<number>({
      open: (generation) => generation,
      dispose: (client) => Promise.resolve(disposed.push(client)),
      onHealth: (healthy) => health.push(healthy),
      minAgeMs,
      graceMs: 10_000,
    })
    return { it, disposed, health }
  }

  it('is replaced when nothing was heard since the question, and its users are told', () => {
    const { it: connected } = make()
    const first = connected.current()
    connected.suspect(first, performance.now(), 'silent')
    expect(first.retired.aborted).to.equal(true)
    expect(connected.current().client).to.equal(1)
  })

  it('is kept when something was heard meanwhile, when it is young, and when the failure belongs to an older one', () => {
    const { it: connected } = make()
    const asked = performance.now()
    const first = connected.current()
    connected.heard(first)
    connected.suspect(first, asked, 'slow')
    expect(connected.current().client).to.equal(0)
    connected.suspect(first, performance.now() + 1, 'silent')
    connected.suspect(first, performance.now() + 1, 'silent')
    expect(connected.current().client).to.equal(1)
    const { it: young } = make(60_000)
    young.suspect(young.current(), performance.now(), 'silent')
    expect(young.current().client).to.equal(0)
  })

  it('closes everything it opened', async () => {
    const { it: connected, disposed } = make()
    for (let n = 0; n < 3; n++) connected.suspect(connected.current(), performance.now(), 'silent')
    await connected.close()
    expect([...disposed].sort()).to.deep.equal([0, 1, 2, 3])
  })

  it('reports a change of health once', () => {
    const { it: connected, health } = make(60_000)
    connected.heard(connected.current())
    connected.heard(connected.current())
    connected.lost('dropped')
    connected.suspect(connected.current(), performance.now() + 1, 'silent')
    connected.heard(connected.current())
    expect(health).to.deep.equal([true, false, true])
  })
})

describe('The address of the store', () => {
  it('gets our settings last, and other ones for every connection', () => {
    const url = connectionString(' esdb://u:p@h:1/?tls=false&throwOnAppendFailure=false ', defaults, 3)
    expect(url).to.equal(
      'esdb://u:p@h:1/?tls=false&throwOnAppendFailure=false&keepAliveInterval=10000&keepAliveTimeout=5003&throwOnAppendFailure=true',
    )
    expect(connectionString('esdb://h:1/', defaults, 0)).to.match(/^esdb:\/\/h:1\?keepAlive/)
  })

  it('names the user of an append; without TLS anybody will do', () => {
    expect(appendCredentials('esdb://ad%40min:ch%3Aange@h:2113')).to.deep.equal({
      username: 'ad@min',
      password: 'ch:ange',
    })
    expect(appendCredentials('esdb+discover://h:2113?keepAliveTimeout=1&tls=false').username).to.equal('anybody')
    expect(() => appendCredentials('esdb://h:2113?tls=true')).to.throw('needs a user')
  })
})
