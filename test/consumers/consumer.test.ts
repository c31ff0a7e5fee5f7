import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { type CheckpointRefusal, checkpointRefused, type Lease } from '../../src/consumers/checkpoint'
import { type Batch, consume, type Consumer, type Consuming } from '../../src/consumers/consumer'
import { transient } from '../../src/consumers/transient'
import type { SubscriptionStart } from '../../src/domain/event-store'
import { until } from '../support/until'
import { checkpointAt, delivered, eventsTo, type Feed, feed, freeLease, position } from './deliveries'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a consumer of the log', () => {
  let stop = new AbortController()
  let running: Consuming | undefined
  const consuming = (store: Feed, consumer: Partial<Consumer>): Consuming =>
    (running = consume(
      { store, log: quiet, signal: stop.signal },
      {
        name: 'test',
        prefixes: ['execution-'],
        lease: freeLease(),
        apply: () => Promise.resolve(),
        ...consumer,
      },
    ))
  const batchesInto = (batches: Batch[]) => (batch: Batch) => {
    batches.push(batch)
    return Promise.resolve()
  }
  const count = (batches: ReadonlyArray<Batch>) => batches.reduce((n, { events }) => n + events.length, 0)

  beforeEach(() => (stop = new AbortController()))
  afterEach(async () => {
    stop.abort()
    await running?.done
  })

  it('hands events over in order, in batches of at most 500, each with the position of its last', async () => {
    const batches: Batch[] = []
    const events = eventsTo(1_200)
    consuming(feed(...events.map(delivered)), { apply: batchesInto(batches) })
    await until(() => count(batches) === events.length)
    expect(batches.flatMap((batch) => batch.events)).to.deep.equal(events)
    expect(batches.every((batch) => batch.events.length <= 500)).to.equal(true)
    for (const batch of batches) expect(batch.position).to.deep.equal(batch.events.at(-1)?.position)
  })

  it('waits for no more than a moment for others to come', async () => {
    const batches: Batch[] = []
    const store = feed()
    consuming(store, { apply: batchesInto(batches) })
    store.give(delivered(eventsTo(1)[0]!))
    await until(() => count(batches) === 1)
  })

  it('makes batches of what comes in a row, no more than one each 25 ms', async () => {
    const batches: Batch[] = []
    const store = feed()
    consuming(store, { apply: batchesInto(batches) })
    const events = eventsTo(2_000)
    const began = performance.now()
    let given = 0
    for (; given < events.length && performance.now() - began < 500; given++) {
      store.give(delivered(events[given]!))
      await nextTurn()
    }
    await until(() => count(batches) === given)
    expect(batches.length).to.be.at.most((performance.now() - began) / 25 + 2 + given / 500)
  })

  it('moves past streams of others, and so reaches every position', async () => {
    const batches: Batch[] = []
    consuming(feed(...eventsTo(3).map(delivered)), { prefixes: ['template-'], apply: batchesInto(batches) })
    await until(() => batches.length > 0)
    expect(batches).to.deep.equal([{ events: [], position: position(3) }])
  })

  it('saves positions without events at most about once a second', async () => {
    const batches: Batch[] = []
    const store = feed()
    consuming(store, { apply: batchesInto(batches) })
    const began = performance.now()
    for (let n = 1; performance.now() - began < 1_500; n++) {
      store.give(checkpointAt(n))
      await nextTurn()
    }
    store.give(checkpointAt(10_000))
    await until(() => batches.at(-1)?.position.commit === 10_000n)
    expect(batches.length).to.be.within(2, 4)
  })

  it('tries the same batch again after a transient failure, and says so meanwhile', async () => {
    const tried: Batch[] = []
    const { health } = consuming(feed(...eventsTo(2).map(delivered)), {
      apply: (batch) => {
        tried.push(batch)
        return tried.length < 3 ? Promise.reject(transient('Redis is away')) : Promise.resolve()
      },
    })
    await until(() => tried.length > 0 && health().reason !== undefined)
    expect(health().reason).to.equal('trying again: Redis is away')
    await until(() => health().position?.commit === 2n)
    expect(tried).to.have.length(3)
    expect(new Set(tried).size).to.equal(1)
    expect(health().reason).to.equal(undefined)
  })

  it('halts at what it cannot do, says why, and never skips it', async () => {
    const store = feed(...eventsTo(2).map(delivered))
    const { health, done } = consuming(store, {
      apply: () => Promise.reject(new Error('event 1 cannot be read')),
    })
    await done
    expect(health()).to.include({ state: 'halted', reason: 'event 1 cannot be read', position: undefined })
  })

  it('halts when the log ends before the checkpoint', async () => {
    const { health, done } = consuming(feed({ _tag: 'BeyondTail', tail: position(1) }), {})
    await done
    expect(health().state).to.equal('halted')
    expect(health().reason).to.contain('not the log')
  })

  describe('under a lease', () => {
    /** What the test decides about the lease. */
    const scripted = () => {
      const said: { start: SubscriptionStart | undefined; held: boolean; refuse: CheckpointRefusal | undefined } = {
        start: undefined,
        held: true,
        refuse: undefined,
      }
      const calls: string[] = []
      const lease: Lease = {
        take: () => {
          calls.push('take')
          return Promise.resolve(said.start)
        },
        renew: () =>
          said.refuse === undefined ? Promise.resolve() : Promise.reject(checkpointRefused('test', said.refuse)),
        release: () => {
          calls.push('release')
          return Promise.resolve()
        },
        isHeld: () => said.held,
      }
      return { said, calls, lease }
    }

    it('stands by, reading nothing, while another has it, and takes over when it is free', async () => {
      const { said, lease } = scripted()
      const store = feed(...eventsTo(1).map(delivered))
      const { health } = consuming(store, { lease })
      await until(() => health().state === 'standby')
      expect(health().reason).to.equal(undefined)
      expect(store.starts).to.deep.equal([])
      said.start = 'start'
      await until(() => health().position?.commit === 1n)
    })

    for (const [how, lose] of [
      ['was taken by another, found when it is renewed', 'renew'],
      ['was taken by another, found when a batch is written', 'apply'],
      ['ran out', 'held'],
    ] as const)
      it(`stands by when it ${how}, and goes on when it can be taken again`, async () => {
        const { said, calls, lease } = scripted()
        said.start = 'start'
        const store = feed(...eventsTo(1).map(delivered))
        let refuse = false
        const { health } = consuming(store, {
          lease,
          apply: () =>
            refuse ? Promise.reject(checkpointRefused('test', { _tag: 'SomeoneAhead' })) : Promise.resolve(),
        })
        await until(() => health().state === 'catching_up')
        said.start = undefined
        if (lose === 'renew') said.refuse = { _tag: 'SomeoneAhead' }
        if (lose === 'held') said.held = false
        if (lose === 'apply') {
          refuse = true
          store.give(checkpointAt(2), delivered({ ...eventsTo(3)[2]! }))
        }
        await until(() => health().state === 'standby')
        expect(calls).to.include('release')
        Object.assign(said, { start: position(1), held: true, refuse: undefined })
        refuse = false
        store.give(checkpointAt(9))
        await until(() => health().position?.commit === 9n)
      })

    it('releases it when it stops, and when it halts', async () => {
      for (const apply of [() => Promise.resolve(), () => Promise.reject(new Error('no'))]) {
        const { said, calls, lease } = scripted()
        said.start = 'start'
        const { health, done } = consuming(feed(...eventsTo(1).map(delivered)), { lease, apply })
        await until(() => health().position !== undefined || health().state === 'halted')
        stop.abort()
        await done
        expect(calls).to.deep.equal(['take', 'release'])
        stop = new AbortController()
      }
    })

    it('does other work only while it has it, again when that fails', async () => {
      const { said, lease } = scripted()
      const log: string[] = []
      const { health, done } = consuming(feed(), {
        lease,
        whileHeld: async (signal) => {
          log.push('begins')
          if (log.length === 1) throw new Error('not yet')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          log.push('ends')
        },
      })
      await until(() => health().state === 'standby')
      expect(log).to.deep.equal([])
      said.start = 'start'
      await until(() => log.length === 2)
      said.start = undefined
      said.held = false
      await until(() => log.length === 3)
      Object.assign(said, { start: 'start', held: true })
      await until(() => log.length === 4)
      stop.abort()
      await done
      expect(log).to.deep.equal(['begins', 'begins', 'ends', 'begins', 'ends'])
    })
  })

  it('reads again from the checkpoint when it was set back', async () => {
    const store = feed(...eventsTo(5).map(delivered))
    const batches: Batch[] = []
    let refused = false
    consuming(store, {
      lease: freeLease('start', position(2)),
      apply: (batch) => {
        if (!refused) {
          refused = true
          return Promise.reject(checkpointRefused('test', { _tag: 'SetBack' }))
        }
        batches.push(batch)
        return Promise.resolve()
      },
    })
    await until(() => batches.length > 0)
    expect(store.starts).to.deep.equal(['start', position(2)])
    expect(batches[0]?.events.map(({ position: at }) => at.commit)).to.deep.equal([3n, 4n, 5n])
  })

  it('tells catching up, live and dropped apart', async () => {
    const store = feed(...eventsTo(1).map(delivered))
    const { health } = consuming(store, {})
    expect(health().state).to.equal('starting')
    await until(() => health().state === 'catching_up')
    store.give({ _tag: 'CaughtUp' })
    await until(() => health().state === 'live')
    store.give({ _tag: 'Dropped', reason: 'UNAVAILABLE' })
    await until(() => health().state === 'dropped')
    expect(health().reason).to.equal('UNAVAILABLE')
    store.give({ _tag: 'CaughtUp' })
    await until(() => health().state === 'live')
    expect(health().reason).to.equal(undefined)
  })

  it('finishes the batch in hand when told to stop, and takes no other', async () => {
    const store = feed(...eventsTo(600).map(delivered))
    let finish: (() => void) | undefined
    const batches: Batch[] = []
    const { done } = consuming(store, {
      apply: async (batch) => {
        await new Promise<void>((resolve) => (finish = resolve))
        batches.push(batch)
      },
    })
    await until(() => finish !== undefined)
    stop.abort()
    finish?.()
    await done
    expect(batches).to.have.length(1)
  })

  it('stops while it waits to try again', async () => {
    const { done, health } = consuming(feed(...eventsTo(1).map(delivered)), {
      apply: () => Promise.reject(transient('PostgreSQL is away')),
    })
    await until(() => health().reason !== undefined)
    stop.abort()
    await done
    expect(health().state).not.to.equal('halted')
  })
})
