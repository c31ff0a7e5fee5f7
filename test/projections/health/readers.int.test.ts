import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import { heartbeat } from '../../../src/consumers/heartbeat'
import type { Position, Recorded } from '../../../src/domain/event-store'
import { formatPosition } from '../../../src/domain/position'
import { plainReason, readerStatuses } from '../../../src/projections/health/readers'
import { type ReadSide, startReadSide } from '../../support/read-side'
import { until } from '../../support/until'
import { delivered, eventsTo, feed, position } from '../../consumers/deliveries'

type Said = {
  readonly state: string
  readonly at?: Position
  readonly reason?: string
  readonly age?: number
  readonly name?: string
}

describe('how the readers of the log are', function () {
  this.timeout(60_000)
  let readSide: ReadSide
  let knex: Knex
  before(async () => {
    readSide = await startReadSide(false)
    knex = (await readSide.database()).knex
  })
  after(() => readSide.stop())
  beforeEach(() => knex('consumer_health').delete())

  const say = (...all: ReadonlyArray<Said>) =>
    knex('consumer_health').insert(
      all.map(({ name = 'reader', state, at = position(3), reason, age = 0 }) => ({
        name,
        instance: randomUUID(),
        state,
        position: formatPosition(at),
        reason: reason ?? null,
        updated_at: knex.raw(`now() - ? * interval '1 second'`, [age]),
      })),
    )
  /** A log of three events, recorded at that time. */
  const logOf = (created: Date) => {
    const events = eventsTo(3).map((event): Recorded => ({ ...event, created }))
    const store = feed(...events.map(delivered), { _tag: 'CaughtUp' })
    return { subscribe: store.subscribe, tail: () => Promise.resolve(E.right(position(3))) }
  }
  /** Recorded two minutes before it is asked for: the file is loaded long before its tests run. */
  const longAgo = () => logOf(new Date(Date.now() - 120_000))
  const status = async (store = longAgo()) => (await readerStatuses({ knex, store }, ['reader']))[0]

  it('well when one instance reads, whatever the others do', async () => {
    await say({ state: 'standby' }, { state: 'live' }, { state: 'halted', reason: 'no' }, { state: 'live', age: 30 })
    expect(await status()).to.deep.equal({
      consumer: 'reader',
      state: 'live',
      lag_seconds: 0,
      reason: null,
      isWell: true,
    })
  })

  it('not well when none reads', async () => {
    expect(await status()).to.include({ state: 'absent', isWell: false })
    for (const [said, state] of [
      [{ state: 'standby' }, 'standby'],
      [{ state: 'starting' }, 'starting'],
      [{ state: 'live', age: 30 }, 'silent'],
      [{ state: 'halted', reason: 'event 1 cannot be read' }, 'halted'],
    ] as const) {
      await knex('consumer_health').delete()
      await say(said)
      expect(await status()).to.include({ state, isWell: false })
    }
  })

  it('not well while it tries the same again, and says what', async () => {
    await say({ state: 'live', reason: 'trying again: connect ECONNREFUSED 10.0.0.7:6379' })
    expect(await status()).to.include({ isWell: false, reason: 'trying again: connect ECONNREFUSED …' })
  })

  it('not well when an event waits for more than ten seconds, by the log itself', async () => {
    await say({ state: 'live', at: position(2) })
    const behind = await status()
    expect(behind).to.include({ state: 'live', isWell: false })
    expect(behind?.lag_seconds).to.be.within(120, 240)
    expect(await status(logOf(new Date()))).to.include({ isWell: true })
  })

  it('well when nothing for it lies between where it is and the end of the log', async () => {
    const store = feed({ _tag: 'CaughtUp' })
    await say({ state: 'live', at: position(2) })
    const log = { subscribe: store.subscribe, tail: () => Promise.resolve(E.right(position(3))) }
    expect(await status(log)).to.include({ isWell: true, lag_seconds: 0 })
  })

  it('without what a stranger must not read', () => {
    for (const reason of [
      'trying again: UnavailableError: 14 UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:2113',
      'getaddrinfo ENOTFOUND db.internal',
      'no answer from postgres://docg:hunter2@db.internal:5432/docg',
      'connect ECONNREFUSED ::1:5432',
      'with moved as (update db.internal set x = $1) select 1 - invalid input "hunter2"',
      'mail to hunter2@db.internal',
      'event-store.db.internal:2113 hung up',
    ])
      expect(plainReason(reason)).to.not.match(/127\.0|db\.internal|hunter2|::1|2113|5432/)
    expect(plainReason('event 1 of execution-a, ExecutionPondered, cannot be read: unknown event type')).to.equal(
      'event 1 of execution-a, ExecutionPondered, cannot be read: unknown event type',
    )
  })

  it('told by each process for itself, taken away when it ends, and after a minute when it cannot', async () => {
    await say({ state: 'live', age: 61 }, { state: 'live', age: 59, name: 'other' })
    const stops = [new AbortController(), new AbortController()]
    const health = {
      name: 'reader',
      state: 'live',
      position: undefined,
      lastEventAt: undefined,
      reason: undefined,
    } as const
    const beats = stops.map(({ signal }) => heartbeat(knex, () => [health], signal))
    const names = async () =>
      (await knex<{ readonly name: string }>('consumer_health').orderBy('name')).map((r) => r.name)
    await until(async () => (await names()).join() === 'other,reader,reader')
    stops[0]?.abort()
    await beats[0]
    expect(await names()).to.deep.equal(['other', 'reader'])
    stops[1]?.abort()
    await beats[1]
  })
})
