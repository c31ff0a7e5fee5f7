import { expect } from 'chai'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../../src/domain/execution'
import { fault } from '../../../src/domain/fault'
import * as controls from '../../support/controls'
import {
  canceled,
  decideReview,
  expiresAt,
  inReview,
  later,
  openReview,
  paused,
  pauseRequested,
  resume,
  resumed,
  review,
  reviewId,
  reviewing,
  reviewOpened,
  reviewRequested,
} from '../../support/controls'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const request: ExecutionCommand = { type: 'RequestReview', ...controls.requestOf() }
const expire = (now = later): ExecutionCommand => ({ type: 'ExpireReview', review_id: reviewId, now })
const requested = [...reviewing, reviewRequested()]

type Via = 'link' | 'api' | 'timeout'
const nobody = { decided_by: null, comment: null, address: null, user_agent: null }
const boss = { decided_by: 'boss@example.com', comment: 'seen', address: '192.0.2.1', user_agent: 'a browser' }
const decided = (
  approved: boolean,
  via: Via,
  personal: { readonly [Name in keyof typeof nobody]: string | null },
  at = run.now,
): ExecutionEvent => ({
  type: 'ReviewDecided',
  data: {
    review_id: reviewId,
    step_id: review.step_id,
    at,
    approved,
    via,
    approver_id: via === 'link' ? 'a1' : null,
    personal,
  },
})
const approvedStep = (
  via: Via,
  { decided_by, comment }: { decided_by: string | null; comment: string | null },
): ExecutionEvent => ({
  type: 'StepCompleted',
  data: {
    step_id: review.step_id,
    node_id: review.node_id,
    position: review.position,
    output: { approved: true, review_id: reviewId, via },
    personal: { output: { decided_by, comment } },
  },
})

describe('a review', () => {
  it('is requested once, by its step at work', () => {
    given(...reviewing)
      .when(request)
      .then(reviewRequested())
    given(...requested)
      .when(request)
      .thenNothing()
    given(...reviewing.slice(0, -1))
      .when(request)
      .thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('invites before it opens: an invitation is an effect like others', () => {
    given(...requested)
      .when({ type: 'IntendEffect', ...controls.invitation('a1') })
      .then({ type: 'EffectIntended', data: controls.invitation('a1') })
    given(...requested, { type: 'EffectIntended', data: controls.invitation('a1') })
      .when({ type: 'RecordReceipt', receipt: controls.invited('a1') })
      .then(controls.invited('a1'))
    given(...requested, { type: 'EffectIntended', data: controls.invitation('a1') }, controls.invited('a1'))
      .when({ type: 'IntendEffect', ...controls.invitation('a1') })
      .thenNothing()
  })

  it('opens once, and holds the run until it runs out', () => {
    given(...requested)
      .when(openReview)
      .then(reviewOpened)
    given(...inReview())
      .when(openReview)
      .thenNothing()
    given(...reviewing)
      .when(openReview)
      .thenRejected({ _tag: 'StepOutOfTurn' })
    expect(given(...inReview()).state()).to.deep.include({
      status: 'needs_review',
      holds: [{ kind: 'review', since: run.now, until: expiresAt, step_id: review.step_id, review_id: reviewId }],
    })
  })

  it('carries out the pause or the cancel that was heard while it invited', () => {
    given(...requested, pauseRequested)
      .when(openReview)
      .then(reviewOpened, paused)
    given(...requested, controls.cancelRequested())
      .when(openReview)
      .then(reviewOpened, canceled())
  })

  it('approved completes its step with who and how', () => {
    given(...inReview())
      .when(decideReview(true))
      .then(decided(true, 'link', boss), approvedStep('link', boss))
    expect(
      given(...inReview())
        .when(decideReview(true))
        .state(),
    ).to.deep.include({ status: 'ready', holds: [] })
  })

  it('may be approved by who was invited before the last invitation is out', () => {
    given(...requested)
      .when(decideReview(true))
      .then(decided(true, 'link', boss), approvedStep('link', boss))
    given(...requested, pauseRequested)
      .when(decideReview(true))
      .then(decided(true, 'link', boss), approvedStep('link', boss), paused)
  })

  it('rejected cancels the run, with the comment as the reason', () => {
    given(...inReview())
      .when(decideReview(false))
      .then(decided(false, 'link', boss), canceled('seen'))
    expect(
      given(...inReview())
        .when(decideReview(false))
        .state(),
    ).to.have.nested.property('reviews[0].status', 'rejected')
  })

  it('is over once decided, run out, or ended with its run', () => {
    const cases: ReadonlyArray<
      readonly [ReadonlyArray<ExecutionEvent>, 'approved' | 'rejected' | 'expired' | 'ended']
    > = [
      [[...inReview(), decided(true, 'link', boss), approvedStep('link', boss)], 'approved'],
      [[...inReview(), decided(false, 'link', boss), canceled('seen')], 'rejected'],
      [
        [...inReview(), { type: 'ReviewExpired', data: { review_id: reviewId, step_id: review.step_id, at: later } }],
        'expired',
      ],
      [[...inReview(), canceled()], 'ended'],
      [reviewing, 'ended'],
    ]
    for (const [events, status] of cases)
      for (const approved of [true, false])
        given(...events)
          .when(decideReview(approved))
          .thenRejected({ _tag: 'ReviewOver', status })
  })

  it('is over at the instant it runs out, though nobody has written it down yet', () => {
    given(...inReview())
      .when(decideReview(true, expiresAt))
      .thenRejected({ _tag: 'ReviewOver', status: 'expired' })
  })

  it('runs out in time and not before: the run fails', () => {
    const { step_id, node_id, position } = review
    const over = fault('review.expired', { label: 'Approve' }, `no decision until ${expiresAt}`)
    given(...inReview())
      .when(expire())
      .then(
        { type: 'ReviewExpired', data: { review_id: reviewId, step_id, at: later } },
        { type: 'StepFailed', data: { step_id, node_id, position, fault: over } },
        { type: 'ExecutionFailed', data: { execution_id: run.executionId, step_id, fault: over } },
      )
    given(...inReview())
      .when(expire(run.now))
      .thenNothing()
    given(...inReview(), decided(true, 'link', boss), approvedStep('link', boss))
      .when(expire())
      .thenNothing()
    given(...requested)
      .when(expire())
      .thenNothing()
  })

  it('that approves itself when it runs out says so', () => {
    given(...inReview(true))
      .when(expire())
      .then(decided(true, 'timeout', nobody, later), approvedStep('timeout', nobody))
  })

  it('is decided by a resume, whose reason is the comment', () => {
    const said = { ...nobody, comment: 'by telephone' }
    const yes = { reason: 'by telephone' }
    const no = { reason: 'by telephone', approved: false }
    given(...inReview())
      .when(resume(yes))
      .then(resumed(yes), decided(true, 'api', said), approvedStep('api', said))
    given(...inReview())
      .when(resume(no))
      .then(resumed(no), decided(false, 'api', said), canceled('by telephone'))
  })

  it('that was not opened is not decided by a resume: a pause is let go, and people are still asked', () => {
    given(...requested, pauseRequested, paused)
      .when(resume())
      .then(resumed())
    given(...requested, pauseRequested)
      .when(resume())
      .then(resumed())
    expect(given(...requested, pauseRequested, paused, resumed()).state()).to.have.nested.property(
      'reviews[0].status',
      'pending',
    )
  })

  it('is decided under a pause, and the pause remains', () => {
    const both = [...requested, pauseRequested, reviewOpened, paused]
    expect(
      given(...both)
        .when(decideReview(true))
        .state(),
    ).to.deep.include({
      status: 'paused',
      holds: [{ kind: 'paused', since: run.now }],
    })
    given(...both)
      .when(resume())
      .then(resumed(), decided(true, 'api', nobody), approvedStep('api', nobody))
  })
})

describe('outcomes that nobody knows, of several effects of one step', () => {
  const first = controls.invitation('a1', false)
  const second = controls.invitation('a2', false)
  const intended: ReadonlyArray<ExecutionEvent> = [first, second].map((data) => ({ type: 'EffectIntended', data }))
  const lost: ReadonlyArray<ExecutionEvent> = [first, second].map(({ effect_key, step_id }) => ({
    type: 'DeliveryOutcomeLost',
    data: { effect_key, step_id, at: run.now, fault: run.outcomeUnknown },
  }))
  const settled = ({ effect_key, step_id }: typeof first, decision: 'resend' | 'receipt_found'): ExecutionEvent => ({
    type: 'DeliveryOutcomeDecided',
    data: { effect_key, step_id, decision },
  })
  const unknown = [...requested, ...intended, ...lost]

  it('are all decided by one word', () => {
    given(...unknown)
      .when(resume({ decision: 'resend' }))
      .then(resumed({ decision: 'resend' }), settled(first, 'resend'), settled(second, 'resend'))
  })

  it('are settled by a late receipt each for itself: the run still waits for the other', () => {
    given(...unknown)
      .when({ type: 'RecordReceipt', receipt: controls.invited('a2') })
      .then(controls.invited('a2'), settled(second, 'receipt_found'))
    expect(given(...unknown, controls.invited('a2'), settled(second, 'receipt_found')).state()).to.deep.include({
      status: 'needs_review',
      holds: [{ kind: 'outcome_lost', since: run.now, step_id: review.step_id, effect_key: first.effect_key }],
    })
  })
})
