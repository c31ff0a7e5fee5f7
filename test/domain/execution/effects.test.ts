import { expect } from 'chai'
import { execution } from '../../../src/domain/execution'
import { resume, resumed } from '../../support/controls'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const { steps } = run
const send = { type: 'IntendEffect', ...run.sendIntention } as const
const receipt = { type: 'RecordReceipt', receipt: run.sent } as const
const lost = {
  type: 'ReportLostOutcome',
  effect_key: run.emailKey,
  now: run.now,
  fault: run.outcomeUnknown,
} as const
const abandoned = { effect_key: run.emailKey, step_id: steps.email.step_id, fault: run.unreachable }
const gaveUp = { type: 'EffectAbandoned', data: abandoned } as const
const inReview = [...run.sending, run.sendIntended, run.outcomeLost]

describe('an effect', () => {
  it('is intended, then receipted', () => {
    given(...run.sending)
      .when(send)
      .then(run.sendIntended)
    given(...run.sending, run.sendIntended)
      .when(receipt)
      .then(run.sent)
  })

  it('that is done is not intended or receipted again', () => {
    given(...run.sending, run.sendIntended, run.sent)
      .when(send)
      .thenNothing()
    given(...run.sending, run.sendIntended, run.sent)
      .when(receipt)
      .thenNothing()
  })

  it('without a receipt may have happened: it is intended again only when a repeat does no harm', () => {
    given(...run.sending, run.sendIntended)
      .when({ ...send, author: 'worker 2/2' })
      .thenRejected({ _tag: 'EffectOutcomeLost' })
    given(...run.sending, run.sendIntended)
      .when(send)
      .thenNothing()
    given(run.created, run.started, ...run.done(steps.trigger), run.stepStarted(steps.render), run.renderIntended)
      .when({ type: 'IntendEffect', ...run.renderIntention, author: 'worker 2/2' })
      .thenNothing()
  })

  it('known not to have happened is intended again', () => {
    given(...run.sending, run.sendIntended)
      .when({ type: 'AbandonEffect', ...abandoned })
      .then(gaveUp)
    given(...run.sending, run.sendIntended, gaveUp)
      .when(send)
      .then(run.sendIntended)
    given(...run.sending, run.sendIntended, run.sent)
      .when({ type: 'AbandonEffect', ...abandoned })
      .thenNothing()
  })

  it('needs an intention before its receipt', () => {
    given(...run.sending)
      .when(receipt)
      .thenRejected({ _tag: 'EffectNotIntended' })
  })

  it('belongs to a step at work', () => {
    given(run.created, run.started).when(send).thenRejected({ _tag: 'StepOutOfTurn' })
  })
})

describe('a lost outcome', () => {
  it('sends the run to review', () => {
    given(...run.sending, run.sendIntended)
      .when(lost)
      .then(run.outcomeLost)
    expect(given(...inReview).state()).to.deep.include({
      status: 'needs_review',
      holds: [{ kind: 'outcome_lost', since: run.now, step_id: steps.email.step_id, effect_key: run.emailKey }],
    })
  })

  it('is of no consequence once the step has ended', () => {
    given(...run.sending, run.sendIntended, run.stepFailed(steps.email), run.failed(steps.email))
      .when(lost)
      .thenNothing()
  })

  it('is not reported of an effect that is done or lost already', () => {
    given(...run.sending, run.sendIntended, run.sent)
      .when(lost)
      .thenNothing()
    given(...inReview)
      .when(lost)
      .thenNothing()
  })

  it('waits for a person: no step goes on', () => {
    given(...inReview)
      .when({ type: 'CompleteStep', step_id: steps.email.step_id, output: {}, personal: { output: {} } })
      .thenRejected({ _tag: 'StepOutOfTurn' })
    given(...inReview)
      .when(send)
      .thenRejected({ _tag: 'EffectOutcomeLost' })
  })

  it('may be sent again when a person says so', () => {
    given(...inReview)
      .when(resume({ decision: 'resend' }))
      .then(resumed({ decision: 'resend' }), run.outcomeDecided('resend'))
    given(...inReview, run.outcomeDecided('resend'))
      .when(send)
      .then(run.sendIntended)
  })

  it('counts as done when a person assumes it', () => {
    given(...inReview, run.outcomeDecided('assume_sent'))
      .when(send)
      .thenNothing()
  })

  it('is settled by the receipt that comes late', () => {
    given(...inReview)
      .when(receipt)
      .then(run.sent, run.outcomeDecided('receipt_found'))
    expect(given(...inReview, run.sent, run.outcomeDecided('receipt_found')).state()).to.deep.include({
      status: 'running',
      holds: [],
    })
  })

  it('is decided once', () => {
    given(...inReview, run.outcomeDecided('resend'))
      .when(resume({ decision: 'resend' }))
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'running' })
  })
})
