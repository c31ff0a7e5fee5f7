import fc from 'fast-check'
import type { Recorded } from '../../../src/domain/event-store'
import { execution, executionStream } from '../../../src/domain/execution'
import type { ExecutionEvent } from '../../../src/domain/execution/events'
import { derivedId, EventId, type ExecutionId } from '../../../src/domain/ids'
import { revision } from '../../../src/domain/position'
import {
  attemptFailed,
  completed,
  correlationId,
  created,
  executionId,
  failed,
  generated,
  organizationId,
  outcomeDecided,
  outcomeLost,
  renderIntended,
  sendIntended,
  sent,
  started,
  stepCompleted,
  stepFailed,
  steps,
  stepStarted,
} from '../../support/runs'

const { trigger, render, email } = steps

export const metadata = {
  $correlationId: correlationId,
  $causationId: 'cause',
  command_id: correlationId,
  command_hash: 'hash',
  actor: { type: 'user', id: 'ana' },
  organization_id: organizationId,
  schema_version: 1,
}

/** The events as the log gives them: the first at 10:30, each a second after the one before. */
export const recordedAll = (
  events: ReadonlyArray<ExecutionEvent>,
  of: ExecutionId = executionId,
): ReadonlyArray<Recorded> =>
  events.map((event, i) => ({
    id: derivedId(EventId, of, 'event', String(i)),
    stream: executionStream(of),
    revision: revision(BigInt(i)),
    position: { commit: BigInt(i), prepare: BigInt(i) },
    created: new Date(Date.UTC(2025, 11, 23, 10, 30, i)),
    ...execution.codec.encode(event),
    metadata,
  }))

export const deliveredRun: ReadonlyArray<ExecutionEvent> = [
  created,
  started,
  stepStarted(trigger),
  stepCompleted(trigger),
  stepStarted(render),
  renderIntended,
  generated,
  stepCompleted(render),
  stepStarted(email),
  sendIntended,
  sent,
  stepCompleted(email),
  stepStarted(steps.archive),
  stepCompleted(steps.archive),
  completed,
]

export const failedRun: ReadonlyArray<ExecutionEvent> = [
  created,
  started,
  stepStarted(trigger),
  stepCompleted(trigger),
  stepStarted(render),
  stepFailed(render),
  failed(render),
]

export const later: ReadonlyArray<ExecutionEvent> = [
  started,
  ...[trigger, render, email].flatMap((step) => [stepStarted(step), stepCompleted(step), attemptFailed(step)]),
  stepStarted(render, 2),
  stepFailed(email),
  failed(email),
  renderIntended,
  generated,
  sendIntended,
  sent,
  outcomeLost,
  outcomeDecided('resend'),
  completed,
]

/** Any sequence of facts after a run's creation, likely or not. */
export const anyHistory = (most = 30): fc.Arbitrary<ReadonlyArray<Recorded>> =>
  fc
    .array(fc.constantFrom<ExecutionEvent>(...later), { maxLength: most })
    .map((events) => recordedAll([created, ...events]))
