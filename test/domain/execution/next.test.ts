import { expect } from 'chai'
import type { ExecutionEvent } from '../../../src/domain/execution'
import { acceptedIn, next, statusOf } from '../../../src/domain/execution/next'
import type { Phase, PlannedStep } from '../../../src/domain/execution/plan'
import { type Execution, type Hold, statuses } from '../../../src/domain/execution/state'
import * as controls from '../../support/controls'
import {
  cancelRequested,
  checked,
  expiresAt,
  inReview,
  later,
  paused,
  pauseRequested,
  runAfter,
  skipped,
} from '../../support/controls'
import * as run from '../../support/runs'

const { steps } = run
const begun = [run.created, run.started, checked()]
const between = [...begun, ...run.done(steps.trigger)]
const sending = [...between, ...run.done(steps.render), run.stepStarted(steps.email), run.sendIntended]
const soon = '2026-11-22T10:30:00.999Z'
const wait = (state: Execution, until: string | undefined) => ({ _tag: 'Wait', holds: state.holds, until })
const decide = (command: object) => ({ _tag: 'Decide', command })
const nextStep = (state: Execution, now = run.now): string => {
  const todo = next(state, now)
  return todo._tag === 'Run' ? todo.step.label : todo._tag
}

describe('what is next in a run', () => {
  it('is its beginning, its checks, its steps in order and its end', () => {
    expect(next(runAfter(run.created), run.now)).to.deep.equal(decide({ type: 'StartExecution' }))
    expect(nextStep(runAfter(run.created, run.started))).to.equal('Check')
    expect(nextStep(runAfter(...begun))).to.equal('Start')
    expect(nextStep(runAfter(...between))).to.equal('Generate Document')
    const all = [...begun, ...run.done(...Object.values(steps))]
    expect(next(runAfter(...all), run.now)).to.deep.equal(decide({ type: 'CompleteExecution' }))
    expect(next(runAfter(...all, run.completed), run.now)).to.deep.equal({ _tag: 'Ended' })
  })

  it('is the step at work once more, for a worker that asks: whoever had it is dead', () => {
    expect(nextStep(runAfter(...sending))).to.equal('Send')
  })

  it('is to carry out what was asked for, when a step was at work', () => {
    for (const asked of [pauseRequested, cancelRequested()])
      expect(next(runAfter(...sending, asked), later)).to.deep.equal(decide({ type: 'CarryOutRequest', now: later }))
  })

  it('is a retry when it is due, and not before', () => {
    const state = runAfter(...sending, run.attemptFailed(steps.email))
    expect(next(state, soon)).to.deep.equal(wait(state, run.retryAt))
    expect(nextStep(state, run.retryAt)).to.equal('Send')
  })

  it('is to wait for somebody while the run is paused, blocked, or an outcome is lost', () => {
    const held: ReadonlyArray<ReadonlyArray<ExecutionEvent>> = [
      [...between, paused],
      [run.created, run.started, checked(controls.blocking)],
      [...sending, run.outcomeLost],
      [...sending, run.attemptFailed(steps.email), paused],
      [...sending, run.outcomeLost, paused],
    ]
    for (const events of held) {
      const state = runAfter(...events)
      expect(next(state, later)).to.deep.equal(wait(state, undefined))
    }
  })

  it('is to wait for a review until it runs out, under a pause too', () => {
    for (const events of [inReview(), [...inReview(), paused]]) {
      const state = runAfter(...events)
      expect(next(state, run.now)).to.deep.equal(wait(state, expiresAt))
      for (const now of [expiresAt, later])
        expect(next(state, now)).to.deep.equal(decide({ type: 'ExpireReview', review_id: controls.reviewId, now }))
    }
  })
})

describe('a run that is not to do everything', () => {
  const plan: ReadonlyArray<PlannedStep> = controls.peopledPlan
  const madeWith = (choice: {
    readonly dry_run?: boolean
    readonly until_phase?: Phase
  }): ReadonlyArray<ExecutionEvent> => [
    { ...run.created, data: { ...run.created.data, plan, ...choice } },
    run.started,
    checked(),
  ]
  const skip = (step: PlannedStep | undefined, reason: 'dry_run' | 'until_phase') =>
    decide({ type: 'SkipStep', step_id: step?.step_id, reason })
  const [trigger, render, review, email, archive] = plan as [
    PlannedStep,
    PlannedStep,
    PlannedStep,
    PlannedStep,
    PlannedStep,
  ]

  it('does what stays inside when it is tried out, and skips what reaches people and places', () => {
    const dry = madeWith({ dry_run: true })
    expect(nextStep(runAfter(...dry))).to.equal('Start')
    expect(nextStep(runAfter(...dry, ...run.done(trigger)))).to.equal('Generate Document')
    const made = [...dry, ...run.done(trigger, render)]
    expect(next(runAfter(...made), run.now)).to.deep.equal(skip(review, 'dry_run'))
    expect(next(runAfter(...made, skipped(review)), run.now)).to.deep.equal(skip(email, 'dry_run'))
    expect(next(runAfter(...made, skipped(review), skipped(email)), run.now)).to.deep.equal(skip(archive, 'dry_run'))
    expect(next(runAfter(...made, ...[review, email, archive].map((step) => skipped(step))), run.now)).to.deep.equal(
      decide({ type: 'CompleteExecution' }),
    )
  })

  it('skips the phases after the last that is wanted, wherever their steps stand', () => {
    const until = (until_phase: Phase, ...doneBefore: ReadonlyArray<PlannedStep>) =>
      next(runAfter(...madeWith({ until_phase }), ...run.done(...doneBefore)), run.now)
    expect(until('preflight')).to.deep.equal(skip(trigger, 'until_phase'))
    expect(until('trigger', trigger)).to.deep.equal(skip(render, 'until_phase'))
    expect(until('render', trigger)).to.have.nested.property('step.label', 'Generate Document')
    expect(until('render', trigger, render)).to.deep.equal(skip(review, 'until_phase'))
    const saved = madeWith({ until_phase: 'save' })
    const before = [...run.done(trigger, render), skipped(review, 'until_phase'), skipped(email, 'until_phase')]
    expect(nextStep(runAfter(...saved, ...before))).to.equal('Archive')
    expect(until('signature', trigger, render)).to.have.nested.property('step.label', 'Approve')
  })

  it('waits like any other before it skips', () => {
    expect(nextStep(runAfter(...madeWith({ dry_run: true }), ...run.done(trigger, render), paused))).to.equal('Wait')
  })
})

describe('what is next after the end', () => {
  const expiring = (document_id: string, expires_at: string | null): ExecutionEvent => ({
    ...run.generated,
    data: { ...run.generated.data, document_id: document_id as never, expires_at },
  })
  const [first, second] = ['first', 'second']
  const endedWith = (...documents: ReadonlyArray<ExecutionEvent>) =>
    runAfter(...between, run.stepStarted(steps.render), run.renderIntended, ...documents, controls.canceled())
  const expired = (document_id: string): ExecutionEvent => ({
    type: 'DocumentExpired',
    data: { document_id: document_id as never, at: later },
  })
  const idsOf = (state: Execution, now: string) => {
    const todo = next(state, now)
    return todo._tag === 'Expire' ? todo.documents.map(({ document_id }) => document_id as string) : todo
  }

  it('is nothing when documents are kept', () => {
    expect(next(endedWith(expiring('first', null)), later)).to.deep.equal({ _tag: 'Ended' })
  })

  it('is to wait for the first document whose time is over, then to let all go whose time is over', () => {
    const state = endedWith(expiring('first', later), expiring('second', expiresAt))
    expect(next(state, run.now)).to.deep.equal({ _tag: 'Wait', holds: [], until: expiresAt })
    expect(idsOf(state, expiresAt)).to.deep.equal([second])
    expect(idsOf(state, later)).to.deep.equal([first, second])
  })

  it('is the other one when one is gone, and nothing when all are', () => {
    const documents = [expiring('first', later), expiring('second', expiresAt)]
    const one = endedWith(...documents, expired('second'))
    expect(next(one, expiresAt)).to.deep.equal({ _tag: 'Wait', holds: [], until: later })
    expect(next(endedWith(...documents, expired('second'), expired('first')), later)).to.deep.equal({ _tag: 'Ended' })
  })

  it('is nothing for documents of the run before: that one lets them go', () => {
    const { effect_key, step_id, kind, repeatable } = run.renderIntention
    const receipt = expiring('first', expiresAt) as typeof run.generated
    const carried: ExecutionEvent = {
      type: 'EffectCarriedOver',
      data: { effect_key, step_id, kind, repeatable, from: run.executionId, receipt },
    }
    expect(next(runAfter(run.created, carried, controls.canceled()), later)).to.deep.equal({ _tag: 'Ended' })
  })

  it('is nothing while the run is at work', () => {
    const state = runAfter(...between, run.stepStarted(steps.render), run.renderIntended, expiring('first', expiresAt))
    expect(nextStep(state, later)).to.equal('Generate Document')
  })
})

describe('the status of a run', () => {
  const lives = runAfter(...begun)
  const of = (change: Partial<Execution>) => statusOf({ ...lives, ...change })
  const since = run.now
  const step_id = steps.email.step_id
  const holds: Readonly<Record<Hold['kind'], Hold>> = {
    preflight_blocked: { kind: 'preflight_blocked', since },
    review: { kind: 'review', since, until: expiresAt, step_id, review_id: controls.reviewId },
    outcome_lost: { kind: 'outcome_lost', since, step_id, effect_key: run.emailKey },
    retry_due: { kind: 'retry_due', since, until: run.retryAt, step_id },
    paused: { kind: 'paused', since },
  }

  it('is that of its life, unless it runs', () => {
    for (const life of ['queued', 'completed', 'failed', 'canceled'] as const)
      for (const stage of ['making', 'ready', 'sent'] as const) expect(of({ life, stage })).to.equal(life)
  })

  it('tells how far it is while it runs', () => {
    expect(of({ stage: 'making' })).to.equal('running')
    for (const stage of ['ready', 'sending', 'sent', 'signing', 'signed'] as const)
      expect(of({ stage })).to.equal(stage)
  })

  it('tells what it waits for first: people, then the pause', () => {
    for (const stage of ['making', 'ready', 'sending', 'sent'] as const) {
      for (const kind of ['preflight_blocked', 'review', 'outcome_lost'] as const) {
        expect(of({ stage, holds: [holds[kind]] })).to.equal('needs_review')
        expect(of({ stage, holds: [holds.paused, holds[kind]] })).to.equal('needs_review')
      }
      expect(of({ stage, holds: [holds.retry_due, holds.paused] })).to.equal('paused')
      expect(of({ stage, holds: [holds.retry_due] })).to.equal(stage === 'making' ? 'running' : stage)
    }
  })

  it('is ready when what comes next is to deliver what was made, and running again when it is something else', () => {
    const made = [...between, ...run.done(steps.render)]
    expect(runAfter(...made).status).to.equal('ready')
    expect(runAfter(...made, run.stepStarted(steps.email)).status).to.equal('ready')
    expect(runAfter(...made, skipped(steps.email), run.stepStarted(steps.archive)).status).to.equal('running')
  })

  it('goes from sending to sent when the delivery ends, and on with the next step', () => {
    expect(runAfter(...sending).status).to.equal('sending')
    expect(runAfter(...sending, run.sent, run.stepCompleted(steps.email)).status).to.equal('sent')
    const on = [...sending, run.sent, run.stepCompleted(steps.email), run.stepStarted(steps.archive)]
    expect(runAfter(...on).status).to.equal('running')
  })
})

describe('the controls that a run accepts', () => {
  it('are a cancel in every open state and a retry after the end', () => {
    for (const status of statuses) {
      const isOver = status === 'completed' || status === 'failed' || status === 'canceled'
      expect(acceptedIn(status).includes('cancel'), status).to.equal(!isOver)
      expect(acceptedIn(status).includes('retry'), status).to.equal(isOver)
    }
  })

  it('are a resume where it waits for people, a pause elsewhere', () => {
    for (const status of ['needs_review', 'paused'] as const)
      expect(acceptedIn(status)).to.deep.equal(['resume', 'cancel'])
    for (const status of ['queued', 'running', 'ready', 'sending', 'sent', 'signing', 'signed'] as const)
      expect(acceptedIn(status)).to.deep.equal(['pause', 'cancel'])
  })

  it('follow what it has heard and not yet done', () => {
    expect(acceptedIn('running', 'pause')).to.deep.equal(['resume', 'cancel'])
    expect(acceptedIn('running', 'cancel')).to.deep.equal(['cancel'])
  })
})
