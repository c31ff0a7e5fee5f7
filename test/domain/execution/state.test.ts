import { expect } from 'chai'
import { execution } from '../../../src/domain/execution'
import type { ExecutionEvent } from '../../../src/domain/execution/events'
import type { Execution } from '../../../src/domain/execution/state'
import {
  attemptFailed,
  created,
  outcomeDecided,
  outcomeLost,
  sendIntended,
  started,
  stepCompleted,
  steps,
  stepStarted,
} from '../../support/runs'

const after = (...events: ReadonlyArray<ExecutionEvent>): Execution => {
  const run = events.reduce(execution.evolve, execution.initialState)
  if (run.status === 'unborn') throw new Error('no run')
  return run
}

describe('a run', () => {
  const begun = [created, started, stepStarted(steps.trigger)]

  it('shows the fault of a failed attempt until the step is done', () => {
    expect(after(...begun, attemptFailed(steps.trigger)).lastFault?.code).to.equal('delivery.smtp_unreachable')
    const done = [attemptFailed(steps.trigger), stepStarted(steps.trigger, 2), stepCompleted(steps.trigger)]
    expect(after(...begun, ...done).lastFault).to.equal(undefined)
  })

  it('shows an outcome that nobody knows until somebody has decided', () => {
    const lost = [...begun, stepCompleted(steps.trigger), stepStarted(steps.email), sendIntended, outcomeLost]
    expect(after(...lost).lastFault?.code).to.equal('delivery.outcome_unknown')
    for (const decision of ['resend', 'assume_sent', 'receipt_found'] as const)
      expect(after(...lost, outcomeDecided(decision)).lastFault).to.equal(undefined)
  })

  it('rounds its progress, and keeps 100 for the end', () => {
    const [first, second, third] = created.data.plan
    const plan = [first, second, third].filter((step) => step !== undefined)
    const three = { ...created, data: { ...created.data, plan } }
    const progress = (count: number) =>
      after(three, started, ...plan.slice(0, count).flatMap((step) => [stepStarted(step), stepCompleted(step)]))
        .progress
    expect([0, 1, 2, 3].map(progress)).to.deep.equal([0, 33, 67, 99])
  })
})
