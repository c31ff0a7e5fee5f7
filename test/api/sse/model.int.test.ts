import { expect } from 'chai'
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import type { ExecutionEvent } from '../../../src/domain/execution'
import type { ExecutionId } from '../../../src/domain/ids'
import { streamKey } from '../../../src/projections/live/keys'
import { type LiveTail, liveTail } from '../../../src/projections/live/tail'
import { later } from '../../projections/live/histories'
import { newExecution, type Stage, startStage } from '../../projections/live/stage'
import { completed, created } from '../../support/runs'
import { until } from '../../support/until'
import { cutClient } from './cut-client'
import { type Site, startSite } from './site'

type Deed =
  | { readonly do: 'append'; readonly events: ReadonlyArray<ExecutionEvent> }
  /** Events not published yet. */
  | { readonly do: 'publish' }
  /** Some of the last events again. */
  | { readonly do: 'repeat'; readonly last: number }
  /** What is not published never will be. */
  | { readonly do: 'lose' }
  | { readonly do: 'trim'; readonly to: number }
  | { readonly do: 'flush' }
  | { readonly do: 'expire' }
  /** A copy from before takes over. */
  | { readonly do: 'failover'; readonly share: number }
  | { readonly do: 'killSubscribers' }
  | { readonly do: 'killCommands' }
  /** A way to the log and back, in which others go on. */
  | { readonly do: 'breathe' }

const endings: ReadonlyArray<ExecutionEvent['type']> = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCanceled']
const going = later.filter(({ type }) => !endings.includes(type))

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      events: fc.array(fc.constantFrom<ExecutionEvent>(...going), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ do: 'publish' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'breathe' as const }) },
  fc.record({ do: fc.constant('repeat' as const), last: fc.integer({ min: 1, max: 10 }) }),
  fc.constant({ do: 'lose' as const }),
  fc.record({ do: fc.constant('trim' as const), to: fc.integer({ min: 0, max: 5 }) }),
  fc.constant({ do: 'flush' as const }),
  fc.constant({ do: 'expire' as const }),
  fc.record({ do: fc.constant('failover' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.constant({ do: 'killSubscribers' as const }),
  fc.constant({ do: 'killCommands' as const }),
)

describe('any misfortune of Redis, of the publisher and of the line', () => {
  let stage: Stage
  let tail: LiveTail
  let site: Site
  let connections: ReadonlyArray<Redis>
  before(async function () {
    this.timeout(60_000)
    stage = await startStage()
    const [commands, subscriber] = [stage.connect(), stage.connect()]
    connections = [commands, subscriber]
    tail = liveTail({ store: stage.store, redis: { commands, subscriber }, checkMs: 1_000, pollMs: 50 })
    site = await startSite(tail)
  })
  after(async function () {
    this.timeout(30_000)
    await site.stop()
    tail.close()
    for (const connection of connections) connection.disconnect()
    await stage.stop()
  })

  const carryOut = (id: ExecutionId) => {
    let published = 0n
    const publish = async (from: bigint) => {
      const history = await stage.log.history(id, from)
      // The connection may be one of those that were killed: as in the product, the same again.
      const isPublished = () =>
        stage.publisher.apply(history).then(
          () => true,
          () => false,
        )
      await until(isPublished)
      published = (history.at(-1)?.revision ?? published - 1n) + 1n
    }
    return async (step: Deed): Promise<unknown> => {
      switch (step.do) {
        case 'append':
          return stage.log.append(id, ...step.events)
        case 'publish':
          return publish(published)
        case 'repeat':
          return stage.publisher.apply((await stage.log.history(id)).slice(-step.last)).catch(() => undefined)
        case 'lose':
          published = BigInt((await stage.log.history(id)).length)
          return
        case 'trim':
          return stage.redis.xtrim(streamKey(id), 'MAXLEN', step.to)
        case 'flush':
          return stage.redis.del(streamKey(id))
        case 'expire':
          return stage.redis.pexpire(streamKey(id), 1)
        case 'failover': {
          await stage.redis.del(streamKey(id))
          const history = await stage.log.history(id)
          return stage.publisher.apply(history.slice(0, Math.floor(history.length * step.share))).catch(() => undefined)
        }
        case 'killSubscribers':
          return stage.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
        case 'killCommands':
          return stage.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        case 'breathe':
          return tail.find(id)
      }
    }
  }

  it('never makes a client miss a message, see one twice or out of order', async function () {
    this.timeout(180_000)
    const runs = fc.record({
      deeds: fc.array(deed, { minLength: 5, maxLength: 25 }),
      budgets: fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 12 }),
      lastPublished: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(runs, async ({ deeds, budgets, lastPublished }) => {
        const id = newExecution()
        const carry = carryOut(id)
        await carry({ do: 'append', events: [created] })
        const url = `${site.url}/executions/${id}/stream`
        const clients = [cutClient(url, budgets), cutClient(url, [])]
        try {
          for (const step of deeds) await carry(step)
          await carry({ do: 'append', events: [completed] })
          if (lastPublished) await carry({ do: 'publish' })
          await until(
            () => clients.every((client) => client.ended()),
            10_000,
            () => JSON.stringify(clients),
          )
          const all = await stage.log.ids(id)
          for (const { ids, faults } of clients) {
            expect(faults).to.deep.equal([])
            expect(ids).to.deep.equal(all)
          }
        } finally {
          for (const client of clients) client.stop()
        }
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })
})
