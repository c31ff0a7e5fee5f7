import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { Recorded } from '../../domain/event-store'
import { execution, type ExecutionEvent } from '../../domain/execution'
import { type Execution, type ExecutionState, hasEnded } from '../../domain/execution/state'
import { derivedId, EventId, type StepId } from '../../domain/ids'
import { EventMetadata } from '../../domain/metadata'
import { currentStep } from '../current-step'
import { factsOf } from './facts'
import { beforeAll, type LiveId } from './live-id'
import type { Envelope, LiveMessage } from './schema'

export { formatLiveId, isAfter, type LiveId, parseLiveId } from './live-id'
export { shownMessage } from './reader'
export type { LiveMessage } from './schema'

/** One message in its place. `prev` is the id of the message before it, 0-0 for the first: an event may give none. */
export type LiveFrame = { readonly id: LiveId; readonly prev: LiveId; readonly message: LiveMessage }

/** What the next event's messages depend on. Small: trigger data and outputs are let go. */
export type LiveState = {
  readonly run: ExecutionState
  readonly correlationId: string | null
  /** The step begun last, and when, in ms. */
  readonly begun: { readonly step: StepId; readonly at: number } | undefined
  readonly last: LiveId
}

export const nothingYet: LiveState = {
  run: execution.initialState,
  correlationId: null,
  begun: undefined,
  last: beforeAll,
}

const correlationOf = (recorded: Recorded): string | null =>
  pipe(
    EventMetadata.decode(recorded.metadata),
    E.match(
      () => null,
      ({ $correlationId }) => $correlationId,
    ),
  )

const actorOf = (recorded: Recorded): string | null =>
  pipe(
    EventMetadata.decode(recorded.metadata),
    E.match(
      () => null,
      ({ actor }) => actor.id,
    ),
  )

const withoutBulk = (run: Execution): Execution => ({
  ...run,
  triggerData: {},
  steps: run.steps.map((step) => ({ ...step, output: {} })),
})

const begunAfter = ({ begun }: LiveState, event: ExecutionEvent, at: number): LiveState['begun'] =>
  event.type !== 'StepStarted' || begun?.step === event.data.step_id ? begun : { step: event.data.step_id, at }

const durationOf = ({ begun }: LiveState, event: ExecutionEvent, at: number): number | null =>
  event.type === 'StepCompleted' && begun?.step === event.data.step_id ? Math.max(0, at - begun.at) : null

const envelope = (run: Execution, correlation_id: string | null, created: Date): Omit<Envelope, 'event_id'> => ({
  schema_version: 1,
  timestamp: created.toISOString(),
  execution_id: run.executionId,
  workflow_id: run.workflowId,
  organization_id: run.organizationId,
  correlation_id,
  status: run.status,
  progress: run.progress,
  current_step: currentStep(run),
})

export type Advanced = { readonly state: LiveState; readonly frames: ReadonlyArray<LiveFrame> }

/** The messages of one event. An event this version cannot decode gives none and changes nothing. */
export const advance = (before: LiveState, recorded: Recorded): Advanced => {
  const decoded = execution.codec.decode(recorded)
  if (E.isLeft(decoded)) return { state: before, frames: [] }
  const event = decoded.right
  const run = execution.evolve(before.run, event)
  if (run.status === 'unborn') return { state: before, frames: [] }
  const at = recorded.created.getTime()
  const correlationId = before.correlationId ?? correlationOf(recorded)
  const common = envelope(run, correlationId, recorded.created)
  const idOf = (n: number): LiveId => ({ event: recorded.revision + 1n, n: BigInt(n) })
  const actor = event.type === 'ExecutionCanceled' ? actorOf(recorded) : null
  const frames = factsOf(before.run, run, event, durationOf(before, event, at), actor).map((fact, n): LiveFrame => {
    const message = { ...common, event_id: derivedId(EventId, recorded.id, 'live', String(n)), ...fact }
    return { id: idOf(n), prev: n === 0 ? before.last : idOf(n - 1), message }
  })
  const begun = begunAfter(before, event, at)
  return { state: { run: withoutBulk(run), correlationId, begun, last: frames.at(-1)?.id ?? before.last }, frames }
}

/** `advance` over several events in turn. */
export const advanceAll = (before: LiveState, events: ReadonlyArray<Recorded>): Advanced =>
  events.reduce<{ readonly state: LiveState; readonly frames: Array<LiveFrame> }>(
    ({ state, frames }, event) => {
      const next = advance(state, event)
      frames.push(...next.frames)
      return { state: next.state, frames }
    },
    { state: before, frames: [] },
  )

/** All messages of a run, from its first event: what replay sends, and the same that the publisher sends event by event. */
export const messagesOf = (history: ReadonlyArray<Recorded>): ReadonlyArray<LiveFrame> =>
  advanceAll(nothingYet, history).frames

export const saysTheEnd = ({ message }: LiveFrame): boolean => hasEnded(message)
