import { expect } from 'chai'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../../src/domain/execution'
import { next } from '../../../src/domain/execution/next'
import { retryIdOf } from '../../../src/domain/execution/retry'
import * as controls from '../../support/controls'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const { steps, sending, now } = run

const intend: ExecutionCommand = { type: 'IntendEffect', ...run.sendIntention }
const receive: ExecutionCommand = { type: 'RecordReceipt', receipt: run.sent }
const complete: ExecutionCommand = { type: 'CompleteExecution' }
const expire: ExecutionCommand = { type: 'ExpireReview', review_id: controls.reviewId, now: controls.later }
const retry = (more: object = {}): ExecutionCommand => ({
  type: 'RetryExecution',
  ...controls.retryAsked(),
  now,
  ...more,
})
const nextOf = (at: string, ...events: ReadonlyArray<ExecutionEvent>) => {
  const state = given(...events, controls.checked()).state()
  return state.status === 'unborn' ? expect.fail('no run') : next(state, at)
}

describe('a race of', () => {
  describe('cancel and the end of the step at work', () => {
    it('canceled first: the step ends, and the run with it', () => {
      given(...sending)
        .when(controls.cancel)
        .then(controls.cancelRequested())
      given(...sending, controls.cancelRequested())
        .when(controls.completeStep(steps.email))
        .then(run.stepCompleted(steps.email), controls.canceled())
      given(...sending, controls.cancelRequested())
        .when(controls.failStep(steps.email))
        .then(run.stepFailed(steps.email), controls.canceled())
    })

    it('ended first: canceled at once, and the next step does not begin', () => {
      const ended = [...sending, run.stepCompleted(steps.email)]
      given(...ended)
        .when(controls.cancel)
        .then(controls.canceled())
      given(...ended, controls.canceled())
        .when(controls.startStep(steps.archive))
        .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: 'canceled' })
    })
  })

  describe('cancel and an intention', () => {
    it('canceled first: nothing is intended any more', () => {
      given(...sending, controls.cancelRequested())
        .when(intend)
        .thenRejected({ _tag: 'RequestHeard', control: 'cancel' })
      given(...sending.slice(0, -1), controls.canceled())
        .when(intend)
        .thenRejected({ _tag: 'StepOutOfTurn' })
    })

    it('intended first: what is under way is recorded when it ends, then canceled', () => {
      const underWay = [...sending, run.sendIntended]
      given(...underWay)
        .when(controls.cancel)
        .then(controls.cancelRequested())
      given(...underWay, controls.cancelRequested())
        .when(receive)
        .then(run.sent)
      given(...underWay, controls.cancelRequested(), run.sent)
        .when(controls.completeStep(steps.email))
        .then(run.stepCompleted(steps.email), controls.canceled())
    })

    it('intended first, and its worker dies: what may have been sent is told as lost', () => {
      const state = given(...sending, run.sendIntended, controls.cancelRequested())
        .when(controls.carryOut)
        .state()
      expect(state).to.deep.include({ status: 'canceled' })
      expect(state.status === 'unborn' ? undefined : state.effects[run.emailKey]?.status).to.equal('lost')
    })
  })

  describe('two resumes', () => {
    const held = [...sending.slice(0, -1), controls.paused]

    it('that say the same: the second is silent', () => {
      given(...held)
        .when(controls.resume())
        .then(controls.resumed())
      given(...held, controls.resumed())
        .when(controls.resume({ now: controls.later }))
        .thenNothing()
    })

    it('that say different things: the first is heard', () => {
      const changes = { deal_id: '124' }
      given(...held, controls.resumed())
        .when(controls.resume({ changes }))
        .thenRejected({ _tag: 'ControlNotAccepted', status: 'running' })
      given(...held, controls.resumed({ changes }))
        .when(controls.resume({ approved: false }))
        .thenRejected({ _tag: 'ControlNotAccepted', status: 'running' })
    })
  })

  describe('pause and completion', () => {
    const done = [run.created, run.started, ...run.done(...run.planOf())]

    it('paused first: the run is complete only after it was resumed', () => {
      const atWork = done.slice(0, -1)
      given(...atWork)
        .when(controls.pause)
        .then(controls.pauseRequested)
      given(...atWork, controls.pauseRequested)
        .when(controls.completeStep(steps.archive))
        .then(run.stepCompleted(steps.archive), controls.paused)
      given(...done)
        .when(controls.pause)
        .then(controls.paused)
      given(...done, controls.paused)
        .when(complete)
        .thenRejected({ _tag: 'ControlNotAccepted', status: 'paused' })
      given(...done, controls.paused, controls.resumed())
        .when(complete)
        .then(run.completed)
    })

    it('completed first: there is nothing to pause', () => {
      given(...done, run.completed)
        .when(controls.pause)
        .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: 'completed' })
    })
  })

  describe('cancel and the time-out of a review', () => {
    it('canceled first: nothing runs out', () => {
      given(...controls.inReview())
        .when(controls.cancel)
        .then(controls.canceled())
      given(...controls.inReview(), controls.canceled())
        .when(expire)
        .thenNothing()
      given(...controls.inReview(true), controls.canceled())
        .when(expire)
        .thenNothing()
    })

    it('run out first: failed, or approved and canceled before the next step', () => {
      const failed = given(...controls.inReview())
        .when(expire)
        .state()
      expect(failed.status).to.equal('failed')
      const approved = given(...controls.inReview(true))
        .when(expire)
        .state()
      expect(execution.decide(controls.cancel)(failed)).to.deep.include({
        left: { _tag: 'ExecutionAlreadyEnded', status: 'failed' },
      })
      expect(execution.decide(controls.cancel)(approved)).to.deep.include({ right: [controls.canceled()] })
    })
  })

  describe('two retries', () => {
    const ended = [...sending, run.stepFailed(steps.email), run.failed(steps.email)]
    const state = given(...ended)
      .when(retry())
      .state()

    it('that say the same: the second is silent, as is one that does not say the usual', () => {
      expect(execution.decide(retry({ now: controls.later }))(state)).to.deep.include({ right: [] })
      expect(execution.decide(retry({ repeat_effects: null }))(state)).to.deep.include({ right: [] })
      expect(execution.decide(retry({ workflow_version: 2 }))(state)).to.deep.include({ right: [] })
    })

    it('that say different things: the first is heard', () => {
      for (const other of [{ from_step: 3 }, { repeat_effects: true }, { personal: { trigger_data: { a: 1 } } }])
        expect(execution.decide(retry(other))(state), JSON.stringify(other)).to.deep.include({
          left: { _tag: 'RetriedAlready', execution: retryIdOf(run.executionId) },
        })
    })
  })

  describe('resume and the death of the worker', () => {
    const dead = [...sending, controls.pauseRequested, controls.paused]

    it('dead first: another begins the step again after the resume', () => {
      given(...sending, controls.pauseRequested)
        .when(controls.carryOut)
        .then(controls.paused)
      given(...dead)
        .when(controls.resume())
        .then(controls.resumed())
      const resumed = [...dead, controls.resumed()]
      expect(nextOf(now, ...resumed)).to.deep.include({ _tag: 'Run' })
      const again = given(...resumed)
        .when(controls.startStep(steps.email, 'worker 2'))
        .state()
      expect(again.status === 'unborn' ? undefined : again.steps[2]).to.include({ attempt: 2, deaths: 1 })
    })

    it('resumed first: the pause that was asked for is taken back', () => {
      const resumed = [...sending, controls.pauseRequested, controls.resumed()]
      given(...sending, controls.pauseRequested)
        .when(controls.resume())
        .then(controls.resumed())
      given(...resumed)
        .when(controls.carryOut)
        .thenNothing()
      given(...resumed)
        .when(controls.completeStep(steps.email))
        .then(run.stepCompleted(steps.email))
    })
  })

  describe('pause and a retry that is due', () => {
    const waiting = [...sending, run.attemptFailed(steps.email)]

    it('paused first: at once, and the attempt does not begin when its time comes', () => {
      given(...waiting)
        .when(controls.pause)
        .then(controls.paused)
      given(...waiting, controls.paused)
        .when(controls.startStep(steps.email))
        .thenRejected({ _tag: 'StepOutOfTurn' })
      expect(nextOf(controls.later, ...waiting, controls.paused)).to.deep.include({ _tag: 'Wait', until: undefined })
    })

    it('paused first, then resumed: the attempt begins at its time, not before', () => {
      const resumed = [...waiting, controls.paused, controls.resumed()]
      expect(nextOf(now, ...resumed)).to.deep.include({ _tag: 'Wait', until: run.retryAt })
      expect(nextOf(run.retryAt, ...resumed)).to.deep.include({ _tag: 'Run' })
    })

    it('begun first: paused when the attempt ends, however it ends', () => {
      const begun = [...waiting, run.stepStarted(steps.email, 2)]
      given(...begun)
        .when(controls.pause)
        .then(controls.pauseRequested)
      given(...begun, controls.pauseRequested)
        .when(controls.failAttempt(steps.email))
        .then(run.attemptFailed(steps.email, 2), controls.paused)
    })
  })
})
