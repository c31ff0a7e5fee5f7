import { expect } from 'chai'
import { runAfter } from '../../support/controls'
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

describe('a run', () => {
  const begun = [created, started, stepStarted(steps.trigger)]

  it('shows the fault of a failed attempt until the step is done', () => {
    expect(runAfter(...begun, attemptFailed(steps.trigger)).lastFault?.code).to.equal('delivery.smtp_unreachable')
    const done = [attemptFailed(steps.trigger), stepStarted(steps.trigger, 2), stepCompleted(steps.trigger)]
    expect(runAfter(...begun, ...done).lastFault).to.equal(undefined)
  })

  it('shows an outcome that nobody knows until somebody has decided', () => {
    const lost = [...begun, stepCompleted(steps.trigger), stepStarted(steps.email), sendIntended, outcomeLost]
    expect(runAfter(...lost).lastFault?.code).to.equal('delivery.outcome_unknown')
    for (const decision of ['resend', 'assume_sent', 'receipt_found'] as const)
      expect(runAfter(...lost, outcomeDecided(decision)).lastFault).to.equal(undefined)
  })

  it('rounds its progress, and keeps 100 for the end', () => {
    const [first, second, third] = created.data.plan
    const plan = [first, second, third].filter((step) => step !== undefined)
    const three = { ...created, data: { ...created.data, plan } }
    const progress = (count: number) =>
      runAfter(three, started, ...plan.slice(0, count).flatMap((step) => [stepStarted(step), stepCompleted(step)]))
        .progress
    expect([0, 1, 2, 3].map(progress)).to.deep.equal([0, 33, 67, 99])
  })
})
