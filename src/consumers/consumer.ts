import { setTimeout as pause } from 'node:timers/promises'
import { commandCategory } from '../domain/command-places'
import { connectionCategory } from '../domain/connection'
import type { Delivery, EventStore, Position, Recorded, SubscriptionStart } from '../domain/event-store'
import { executionCategory } from '../domain/execution'
import { templateCategory } from '../domain/template'
import { workflowDefinitionCategory } from '../domain/workflow-definition'
import { isCheckpointRefused, type Lease } from './checkpoint'
import { chunks } from './chunks'
import type { ConsumerHealth } from './health'
import { insistently, type Outcome } from './retry'
import { isTransient } from './transient'
import { underLease } from './under-lease'

/** `events` in the order of the log, perhaps none; everything up to `position` is dealt with once they are. */
export type Batch = { readonly events: ReadonlyArray<Recorded>; readonly position: Position }

export type Consumer = {
  readonly name: string
  /** Starts of the names of the streams that it is for. */
  readonly prefixes: ReadonlyArray<string>
  /** Taken before anything is read, again after it was lost, and released at the end. */
  readonly lease: Lease
  /**
   * Deals with a batch; the checkpoint then stands at its position, or before it where the same events again do no harm. Called again with the
   * same batch after a transient failure; any other halts the consumer.
   */
  readonly apply: (batch: Batch) => Promise<void>
  readonly isTransient?: (error: unknown) => boolean
  /** From one batch to the next while events keep coming, ms; 25 unless told. A single event is handed over at once. */
  readonly spacingMs?: number
  /** Other work of whoever has the lease: called each time that it is taken, and again when it fails; has to end soon after the signal aborts. */
  readonly whileHeld?: (signal: AbortSignal) => Promise<void>
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
export const allStreams = [
  executionCategory,
  workflowDefinitionCategory,
  templateCategory,
  connectionCategory,
  commandCategory,
].map((category) => `${category}-`)

const chunking = { most: 500, lingerMs: 5, silenceMs: 250 }
const defaultSpacingMs = 25
/** How long a position without events of ours may stay unsaved. */
const idleSaveMs = 1_000
/** How long one that stands by waits between looks at the lease; one that was set back, or whose subscription ended, until it goes on. */
const standbyMs = 500
const againMs = 100

type Turn = 'again' | 'standby' | 'ended'

/** The end of it: knex puts the statement first. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(-1_000)

/** Reads the log in order from the checkpoint and hands it over in batches, until the signal aborts or something is wrong for good. */
export const consume = ({ store, log, signal }: Surroundings, consumer: Consumer): Consuming => {
  const { name, lease, whileHeld, spacingMs = defaultSpacingMs } = consumer
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
  const insist = async <A>(work: () => Promise<A>, stop: AbortSignal): Promise<Outcome<A>> => {
    const outcome = await insistently(work, {
      signal: stop,
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

  /** Reads and applies until `stop` aborts or the subscription ends. */
  const pass = async (start: SubscriptionStart, stop: AbortSignal): Promise<Turn> => {
    let unsaved: Position | undefined
    let savedAt = -Infinity
    for await (const chunk of chunks(store.subscribe(start, allStreams, stop), { ...chunking, spacingMs })) {
      const { events, position, beyond } = take(chunk)
      unsaved = position ?? unsaved
      if (unsaved !== undefined && (events.length > 0 || performance.now() - savedAt >= idleSaveMs)) {
        const batch = { events, position: unsaved }
        if ((await insist(() => consumer.apply(batch), stop))._tag === 'Stopped') return 'again'
        become({ position: unsaved, lastEventAt: events.at(-1)?.created ?? health.lastEventAt })
        unsaved = undefined
        savedAt = performance.now()
      }
      if (beyond)
        return halt('the log ends before the checkpoint: it is not the log that the checkpoint was taken from')
    }
    return 'again'
  }

  const failed = (error: unknown): Turn => {
    if (!isCheckpointRefused(error)) return halt(reasonOf(error))
    switch (error.refusal._tag) {
      case 'SomeoneAhead':
      case 'LeaseOver':
        log.info({ consumer: name }, error.message)
        become({ state: 'standby', reason: undefined })
        return 'standby'
      case 'SetBack':
        log.warn({ consumer: name }, error.message)
        become({ state: 'starting', reason: error.message })
        return 'again'
      case 'VersionMismatch':
        return halt(error.message)
    }
  }

  const alongside = async (stop: AbortSignal): Promise<void> => {
    if (whileHeld === undefined) return
    await insistently(() => whileHeld(stop), {
      signal: stop,
      isTransient: () => true,
      onFailure: (error, failures) =>
        log.warn({ consumer: name, reason: reasonOf(error), failures }, 'the work beside the consumer failed'),
    })
  }

  const turn = async (): Promise<Turn> => {
    try {
      const taken = await insist(lease.take, signal)
      if (taken._tag === 'Stopped') return 'ended'
      if (taken.value === undefined) {
        become({ state: 'standby' })
        return 'standby'
      }
      become({ state: 'starting', position: taken.value === 'start' ? undefined : taken.value })
      const start = taken.value
      return await underLease({ name, lease, signal, work: (stop) => pass(start, stop), alongside })
    } catch (error) {
      return failed(error)
    }
  }

  const run = async (): Promise<void> => {
    for (let next = await turn(); next !== 'ended' && !signal.aborted; next = await turn())
      await pause(next === 'standby' ? standbyMs : againMs, undefined, { signal }).catch(() => undefined)
  }
  return { health: () => health, done: run() }
}
