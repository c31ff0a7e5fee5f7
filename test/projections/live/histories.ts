import fc from 'fast-check'
import type { Recorded } from '../../../src/domain/event-store'
import { execution, type ExecutionEvent, executionStream } from '../../../src/domain/execution'
import { derivedId, EventId, type ExecutionId } from '../../../src/domain/ids'
import { revision } from '../../../src/domain/position'
import { runEvents } from '../../support/arbitraries'
import * as controls from '../../support/controls'
import {
  attemptFailed,
  completed,
  correlationId,
  created,
  executionId,
  failed,
  generated,
  now,
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

const reviewDecided: ExecutionEvent = {
  type: 'ReviewDecided',
  data: {
    review_id: controls.reviewId,
    step_id: controls.review.step_id,
    at: now,
    approved: true,
    via: 'link',
    approver_id: 'a1',
    personal: { decided_by: 'boss@example.com', comment: 'seen', address: '192.0.2.1', user_agent: 'a browser' },
  },
}

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
  controls.checked(controls.blocking),
  controls.pauseRequested,
  controls.paused,
  controls.resumed({ changes: { deal_id: '124' }, reason: 'deal_id' }),
  controls.cancelRequested('no longer needed'),
  controls.canceled('no longer needed'),
  controls.skipped(steps.archive),
  controls.reviewRequested(),
  controls.reviewOpened,
  reviewDecided,
  completed,
]

/** Any sequence of facts after a run's creation, likely or not, or such as the decider makes it. */
export const anyHistory = (most = 30): fc.Arbitrary<ReadonlyArray<Recorded>> =>
  fc.oneof(
    fc
      .array(fc.constantFrom<ExecutionEvent>(...later), { maxLength: most })
      .map((events) => recordedAll([created, ...events])),
    runEvents(executionId).map((events) => recordedAll(events.slice(0, most + 1))),
  )
