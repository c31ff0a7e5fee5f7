import { setTimeout as pause } from 'node:timers/promises'
import { connectionCategory } from '../domain/connection/connection'
import type { Delivery, EventStore, Position, Recorded, SubscriptionStart } from '../domain/event-store'
import { executionCategory } from '../domain/execution'
import { templateCategory } from '../domain/template/template'
import { workflowDefinitionCategory } from '../domain/workflow-definition'
import { isCheckpointRefused } from './checkpoint'
import { chunks } from './chunks'
import type { ConsumerHealth } from './health'
import { insistently, type Outcome } from './retry'
import { isTransient } from './transient'

/** `events` in the order of the log, perhaps none; everything up to `position` is dealt with once they are. */
export type Batch = { readonly events: ReadonlyArray<Recorded>; readonly position: Position }

export type Consumer = {
  readonly name: string
  /** Starts of the names of the streams that it is for. */
  readonly prefixes: ReadonlyArray<string>
  /** Takes the checkpoint over and answers where to go on; called again when it was set back. */
  readonly start: () => Promise<SubscriptionStart>
  /**
   * Deals with a batch; the checkpoint then stands at its position, or before it where the same events again do no harm. Called again with the
   * same batch after a transient failure; any other halts the consumer.
   */
  readonly apply: (batch: Batch) => Promise<void>
  readonly isTransient?: (error: unknown) => boolean
}

type Say = (fields: object, message: string) => void
export type Log = { readonly info: Say; readonly warn: Say; readonly error: Say }
export type Surroundings = {
  readonly store: Pick<EventStore, 'subscribe'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** `done` resolves, and never rejects, when the signal aborted and the batch in hand is finished, or when it halted. */
export type Consuming = { readonly health: () => ConsumerHealth; readonly done: Promise<void> }

/** All of them are read by every consumer, so that each passes the position of any event of ours: filtered reading may never tell it. */
export const allStreams = [executionCategory, workflowDefinitionCategory, templateCategory, connectionCategory].map(
  (category) => `${category}-`,
)

const chunking = { most: 500, lingerMs: 5, silenceMs: 250 }
/** How long a position without events of ours may stay unsaved. */
const idleSaveMs = 1_000

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 2_000)

/** Reads the log in order from the checkpoint and hands it over in batches, until the signal aborts or something is wrong for good. */
export const consume = ({ store, log, signal }: Surroundings, consumer: Consumer): Consuming => {
  const { name } = consumer
  let health: ConsumerHealth = {
    name,
    state: 'starting',
    position: undefined,
    lastEventAt: undefined,
    reason: undefined,
  }
  const become = (change: Partial<ConsumerHealth>) => (health = { ...health, ...change })
  const ours = ({ stream }: Recorded) => consumer.prefixes.some((prefix) => stream.startsWith(prefix))

  const halt = (reason: string): 'ended' => {
    become({ state: 'halted', reason })
    log.error({ consumer: name, reason }, 'consumer halted')
    return 'ended'
  }
  const insist = async <A>(work: () => Promise<A>): Promise<Outcome<A>> => {
    const outcome = await insistently(work, {
      signal,
      isTransient: consumer.isTransient ?? isTransient,
      onFailure: (error, failures) => {
        become({ reason: `trying again: ${reasonOf(error)}` })
        log.warn({ consumer: name, reason: reasonOf(error), failures }, 'consumer tries again')
      },
    })
    if (outcome._tag === 'Done' && health.state !== 'dropped') become({ reason: undefined })
    return outcome
  }

  const take = (deliveries: ReadonlyArray<Delivery>) => {
    const events: Recorded[] = []
    let position: Position | undefined
    for (const delivery of deliveries) {
      switch (delivery._tag) {
        case 'Event':
          position = delivery.event.position
          if (ours(delivery.event)) events.push(delivery.event)
          if (health.state !== 'live') become({ state: 'catching_up', reason: undefined })
          break
        case 'Checkpoint':
          position = delivery.position
          break
        case 'CaughtUp':
          become({ state: 'live', reason: undefined })
          break
        case 'Dropped':
          become({ state: 'dropped', reason: delivery.reason })
          break
        case 'BeyondTail':
          break
      }
    }
    return { events, position, beyond: deliveries.some(({ _tag }) => _tag === 'BeyondTail') }
  }

  const pass = async (stop: AbortSignal): Promise<'again' | 'ended'> => {
    const started = await insist(consumer.start)
    if (started._tag === 'Stopped') return 'ended'
    become({ position: started.value === 'start' ? undefined : started.value })
    let unsaved: Position | undefined
    let savedAt = -Infinity
    for await (const chunk of chunks(store.subscribe(started.value, allStreams, stop), chunking)) {
      const { events, position, beyond } = take(chunk)
      unsaved = position ?? unsaved
      if (unsaved !== undefined && (events.length > 0 || performance.now() - savedAt >= idleSaveMs)) {
        const batch = { events, position: unsaved }
        if ((await insist(() => consumer.apply(batch)))._tag === 'Stopped') return 'ended'
        become({ position: unsaved, lastEventAt: events.at(-1)?.created ?? health.lastEventAt })
        unsaved = undefined
        savedAt = performance.now()
      }
      if (beyond)
        return halt('the log ends before the checkpoint: it is not the log that the checkpoint was taken from')
    }
    return signal.aborted ? 'ended' : 'again'
  }

  const passOnce = async (): Promise<'again' | 'ended'> => {
    const stop = new AbortController()
    try {
      return await pass(AbortSignal.any([signal, stop.signal]))
    } catch (error) {
      if (!isCheckpointRefused(error) || error.refusal._tag !== 'SetBack') return halt(reasonOf(error))
      log.warn({ consumer: name }, error.message)
      become({ state: 'starting', reason: error.message })
      return 'again'
    } finally {
      stop.abort()
    }
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted && (await passOnce()) === 'again')
      await pause(100, undefined, { signal }).catch(() => undefined)
  }
  return { health: () => health, done: run() }
}
