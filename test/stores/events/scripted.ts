import { expect } from 'chai'
import type { Delivery, EventStore } from '../../../src/domain/event-store'
import { revision } from '../../../src/domain/position'
import { esdbEventStore } from '../../../src/stores/events/esdb'
import { defaults, type Options, type Settings } from '../../../src/stores/events/settings'
import { newEvents, newStream } from '../../contract/event-store'
import {
  type ReadCall,
  type Script,
  type ScriptedEventStore,
  startScriptedEventStore,
} from '../../support/scripted-event-store'

export const impatient: Settings = {
  ...defaults,
  append: { attempts: 3, attemptMs: 200, totalMs: 2_000, backoff: { firstMs: 5, maxMs: 20 } },
  read: { attempts: 3, attemptMs: 200, totalMs: 2_000, backoff: { firstMs: 5, maxMs: 20 } },
  resubscribe: { firstMs: 5, maxMs: 50 },
}

/** Answers the n-th call with the n-th of `answers`, all further ones with the last. */
export const inTurn = <A>(...answers: ReadonlyArray<(call: A) => void>) => {
  let n = 0
  return (call: A) => answers[Math.min(n++, answers.length - 1)]?.(call)
}
export const nothing = () => undefined

export const positions = (deliveries: ReadonlyArray<Delivery>) =>
  deliveries.map((d) =>
    d._tag === 'Event' ? d.event.position.commit : d._tag === 'Checkpoint' ? d.position.commit : d._tag,
  )

/** Stores on scripted servers, for the tests of one `describe`; none of them may leave a rejection that nobody handles. */
export const scripted = () => {
  const servers: ScriptedEventStore[] = []
  const stores: EventStore[] = []
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)

  /** The one started last. */
  const server = (): ScriptedEventStore => {
    const last = servers.at(-1)
    if (last === undefined) throw new Error('no server was started')
    return last
  }

  beforeEach(() => {
    unhandled.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
    for (const each of servers.splice(0)) each.stop()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).to.deep.equal([])
  })

  const open = (options: Partial<Options> = {}): EventStore => {
    const store = esdbEventStore({ url: server().url, timeouts: impatient, ...options })
    stores.push(store)
    return store
  }

  return {
    server,
    /** Another store on the same server. */
    open,
    start: async (script: Partial<Script> = {}, options: Partial<Options> = {}): Promise<EventStore> => {
      servers.push(await startScriptedEventStore(script))
      return open(options)
    },
    /** Answers tail reads with `tail`, subscriptions in turn. */
    log: (tail: () => bigint, ...subscriptions: ReadonlyArray<(call: ReadCall) => void>): Partial<Script> => {
      const subscribed = inTurn(...subscriptions)
      return {
        read: (call) => {
          if (call.subscription) return subscribed(call)
          call.event({ position: tail() })
          call.end()
        },
      }
    },
    subscriptions: () => server().reads.filter(({ subscription }) => subscription),
    append: async (store: EventStore, events = newEvents(1)) => store.append(newStream('test'), revision(6n), events)(),
  }
}
