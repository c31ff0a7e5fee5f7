import { expect } from 'chai'
import fc from 'fast-check'
import type { ExecutionEvent } from '../../../src/domain/execution'
import { fault } from '../../../src/domain/fault'
import { attemptsAfter } from '../../../src/projections/executions/attempts'
import { rowsOf } from '../../../src/projections/executions/rows-of'
import type { Attempt } from '../../../src/projections/executions/rows'
import * as controls from '../../support/controls'
import * as run from '../../support/runs'
import { anyHistory, recordedAll } from '../live/histories'

const { email } = run.steps

const attemptsOf = (...events: ReadonlyArray<ExecutionEvent>): ReadonlyArray<Attempt> =>
  rowsOf(recordedAll([...run.sending.slice(0, -1), ...events]))?.steps[2]?.attempts ?? []

const told = (attempts: ReadonlyArray<Attempt>) =>
  attempts.map(({ attempt, outcome, code, retryable, ended_at }) => [
    attempt,
    outcome,
    code,
    retryable,
    ended_at !== null,
  ])

const putOff = (attempt: number): ExecutionEvent => {
  const started = run.stepStarted(email, attempt)
  return started.type === 'StepStarted' ? { ...started, data: { ...started.data, put_off: true } } : started
}
const failedForGood = (retryable: boolean): ExecutionEvent => {
  const failed = run.stepFailed(email)
  return failed.type === 'StepFailed' ? { ...failed, data: { ...failed.data, retryable } } : failed
}

describe('the attempts at a step', () => {
  it('keep the error of each, and whether the same again might succeed', () => {
    const attempts = attemptsOf(
      run.stepStarted(email),
      run.attemptFailed(email),
      run.stepStarted(email, 2),
      failedForGood(false),
    )
    expect(told(attempts)).to.deep.equal([
      [1, 'failure', 'delivery.smtp_unreachable', true, true],
      [2, 'failure', 'delivery.recipient_rejected', false, true],
    ])
    expect(attempts[0]).to.deep.include({
      params: {},
      human: 'O servidor de e-mail não respondeu; tente de novo mais tarde',
      tech: 'ECONNREFUSED',
    })
    expect(Date.parse(attempts[0]!.ended_at!)).to.equal(Date.parse(attempts[0]!.started_at) + 1_000)
  })

  it('stay when the step succeeds, though its own error goes', () => {
    const events = [
      run.stepStarted(email),
      run.attemptFailed(email),
      run.stepStarted(email, 2),
      run.stepCompleted(email),
    ]
    expect(told(attemptsOf(...events))).to.deep.equal([
      [1, 'failure', 'delivery.smtp_unreachable', true, true],
      [2, 'success', null, null, true],
    ])
  })

  it('tell a worker that was never heard of again from a part of docg that was away', () => {
    expect(told(attemptsOf(run.stepStarted(email), run.stepStarted(email, 2), putOff(3)))).to.deep.equal([
      [1, 'interrupted', null, null, false],
      [2, 'put_off', null, null, false],
      [3, 'running', null, null, false],
    ])
  })

  it('tell one that was cut off by the end of the run', () => {
    expect(told(attemptsOf(run.stepStarted(email), controls.canceled('no longer')))).to.deep.equal([
      [1, 'interrupted', null, null, true],
    ])
  })

  it('tell one of which nobody knows what came', () => {
    const attempts = attemptsOf(run.stepStarted(email), run.sendIntended, run.outcomeLost)
    expect(told(attempts)).to.deep.equal([[1, 'unknown', 'delivery.outcome_unknown', false, true]])
  })

  it('do not say whether a failure could pass where the log of old did not', () => {
    expect(told(attemptsOf(run.stepStarted(email), run.stepFailed(email)))).to.deep.equal([
      [1, 'failure', 'delivery.recipient_rejected', null, true],
    ])
  })

  it('are bounded: the last ten, with the beginning of long texts', () => {
    const long = fault('delivery.recipient_rejected', { email: 'é'.repeat(9_000) }, 'x'.repeat(8_000))
    const failing = (attempt: number): ReadonlyArray<ExecutionEvent> => {
      const failed = run.attemptFailed(email, attempt)
      if (failed.type !== 'StepAttemptFailed') return []
      return [run.stepStarted(email, attempt), { ...failed, data: { ...failed.data, fault: long } }]
    }
    const attempts = attemptsOf(...Array.from({ length: 30 }, (_, i) => failing(i + 1)).flat())
    expect(attempts.map(({ attempt }) => attempt)).to.deep.equal([21, 22, 23, 24, 25, 26, 27, 28, 29, 30])
    expect(JSON.stringify(attempts).length).to.be.below(40_000)
  })

  it('are as many as the step has begun, and at most the last is at work, whatever the history', () => {
    fc.assert(
      fc.property(anyHistory(), (history) => {
        for (const { attempts } of rowsOf(history)?.steps ?? []) {
          expect(attempts.length).to.be.at.most(10)
          expect(attempts.slice(0, -1).filter(({ outcome }) => outcome === 'running')).to.deep.equal([])
          for (const { outcome, code } of attempts)
            expect(['failure', 'unknown'].includes(outcome)).to.equal(code !== null)
        }
      }),
    )
  })

  it('change with nothing that is not theirs', () => {
    const [first] = recordedAll([run.created])
    const attempts = attemptsOf(run.stepStarted(email))
    expect(attemptsAfter(attempts, first!, run.created)).to.equal(attempts)
  })
})
