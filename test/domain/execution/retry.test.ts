import { expect } from 'chai'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../../src/domain/execution'
import { next } from '../../../src/domain/execution/next'
import { retryIdOf, retryOf } from '../../../src/domain/execution/retry'
import type { Execution } from '../../../src/domain/execution/state'
import { stepIdOf } from '../../../src/domain/ids'
import * as controls from '../../support/controls'
import { canceled, retryAsked, runAfter, skipped, startStep } from '../../support/controls'
import { tellAll } from '../../support/driven'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const { created, started, steps } = run

type Asked = ReturnType<typeof retryAsked>
const retry = (asked: Partial<Asked> = {}): ExecutionCommand => ({
  type: 'RetryExecution',
  now: run.now,
  ...retryAsked(),
  ...asked,
})
const retried = (asked: Partial<Asked> = {}): ExecutionEvent => {
  const { repeat_effects, ...data } = { ...retryAsked(), ...asked }
  return { type: 'ExecutionRetried', data: { ...data, repeat_effects: repeat_effects ?? false, at: run.now } }
}

const made = [
  created,
  started,
  ...run.done(steps.trigger),
  run.stepStarted(steps.render),
  run.renderIntended,
  run.generated,
  run.stepCompleted(steps.render),
  run.stepStarted(steps.email),
]
const sent = [...made, run.sendIntended, run.sent, run.stepCompleted(steps.email), run.stepStarted(steps.archive)]
const failedAtEnd = [...sent, run.stepFailed(steps.archive), run.failed(steps.archive)]
const failedAtEmail = [...made, run.stepFailed(steps.email), run.failed(steps.email)]

const goesOn = (...events: ReadonlyArray<ExecutionEvent>): Execution => {
  const command = retryOf(runAfter(...events))
  return given().when(command!).state() as Execution
}
const labels = (state: Execution, wanted: (step: Execution['steps'][number]) => boolean) =>
  state.steps.filter(wanted).map(({ label }) => label)
const reusedIn = (state: Execution) => labels(state, ({ reusedFrom }) => reusedFrom !== undefined)

describe('a retry', () => {
  it('is asked of a run that has ended, however it did', () => {
    for (const events of [failedAtEnd, [...made, controls.cancelRequested(), canceled()]])
      given(...events)
        .when(retry())
        .then(retried())
    const all = [created, started, ...run.done(...Object.values(steps)), run.completed]
    given(...all)
      .when(retry({ from_step: 5 }))
      .then(retried({ from_step: 5 }))
    given(...made)
      .when(retry())
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'ready' })
  })

  it('asked twice is once; another one is refused and told where the run goes on', () => {
    given(...failedAtEnd, retried())
      .when(retry())
      .thenNothing()
    const other = { _tag: 'RetriedAlready', execution: retryIdOf(run.executionId) } as const
    for (const asked of [{ from_step: 2 }, { repeat_effects: true }, { personal: { trigger_data: { deal_id: '4' } } }])
      given(...failedAtEnd, retried())
        .when(retry(asked))
        .thenRejected(other)
    given(...failedAtEnd, retried())
      .when(retry({ personal: { trigger_data: { deal_id: '123' } } }))
      .thenNothing()
  })

  it('begins at a step before which all were done', () => {
    given(...failedAtEmail)
      .when(retry({ from_step: 3 }))
      .then(retried({ from_step: 3 }))
    given(...failedAtEmail)
      .when(retry({ from_step: 4 }))
      .thenRejected({ _tag: 'StepNotReusable', position: 3 })
    given(created, started, skipped(steps.trigger), canceled())
      .when(retry({ from_step: 2 }))
      .then(retried({ from_step: 2 }))
  })

  it('has to say whether an e-mail goes out again of which nobody knows whether it did', () => {
    const unknown = [
      [...made, run.sendIntended, run.outcomeLost, canceled()],
      [...made, run.sendIntended, run.stepFailed(steps.email), run.failed(steps.email)],
    ]
    for (const events of unknown) {
      given(...events)
        .when(retry({ repeat_effects: null }))
        .thenRejected({ _tag: 'RepeatDecisionNeeded' })
      for (const repeat_effects of [true, false])
        given(...events)
          .when(retry({ repeat_effects }))
          .then(retried({ repeat_effects }))
    }
    given(...failedAtEnd)
      .when(retry({ repeat_effects: null }))
      .then(retried())
  })

  it('does not change how the run ended', () => {
    const { status, progress, lastFault } = runAfter(...failedAtEnd)
    expect(runAfter(...failedAtEnd, retried())).to.deep.include({ status, progress, lastFault })
  })
})

describe('the run that goes on for another', () => {
  it('is nothing until it is asked for, and the same however often it is made', () => {
    expect(retryOf(runAfter(...failedAtEnd))).to.equal(undefined)
    const events = [...failedAtEnd, retried({ from_step: 3 })]
    expect(retryOf(runAfter(...events))).to.deep.equal(retryOf(runAfter(...events)))
  })

  it('has an id that follows from the run’s, and steps of its own', () => {
    const state = goesOn(...failedAtEnd, retried())
    expect(state).to.deep.include({
      executionId: retryIdOf(run.executionId),
      retryOf: run.executionId,
      status: 'queued',
    })
    expect(state.steps.map(({ step_id }) => step_id)).to.deep.equal(
      run.planOf().map(({ node_id }) => stepIdOf(retryIdOf(run.executionId), node_id)),
    )
  })

  it('takes over nothing of a step that was skipped: it is skipped again, for the same reason', () => {
    const rehearsed = { ...created, data: { ...created.data, dry_run: true } } as ExecutionEvent
    const done = [...run.done(steps.trigger), ...run.done(steps.render), skipped(steps.email)]
    const state = goesOn(rehearsed, started, ...done, canceled(), retried({ from_step: 4 }))
    expect(reusedIn(state)).to.deep.equal(['Start', 'Generate Document'])
    expect(state.steps[2]?.status).to.equal('pending')
  })

  it('goes through a step again that was skipped, and through what it did outside only when that is asked for', () => {
    const before = [...sent.slice(0, -2), skipped(steps.email), run.completed]
    const carriedBy = (repeat_effects: boolean) =>
      Object.values(goesOn(...before, retried({ from_step: 4, repeat_effects })).effects).map(({ kind }) => kind)
    expect(carriedBy(false)).to.deep.equal(['document', 'email'])
    expect(carriedBy(true)).to.deep.equal(['document'])
  })

  it('takes over what the steps before said, and does the others itself', () => {
    const state = goesOn(...failedAtEmail, retried({ from_step: 3 }))
    expect(reusedIn(state)).to.deep.equal(['Start', 'Generate Document'])
    expect(state.steps.map(({ status }) => status)).to.deep.equal(['success', 'success', 'pending', 'pending'])
    expect(state.steps[1]?.output).to.deep.equal({ ok: true })
    expect(state.progress).to.equal(50)
    const due = { ...state, life: 'running', preflight: { ...state.preflight, due: [] } } as Execution
    expect(next(due, run.now)).to.have.nested.property('step.label', 'Send')
  })

  it('takes over what they did outside, under keys of its own, documents included', () => {
    const state = goesOn(...failedAtEmail, retried({ from_step: 3 }))
    const step = state.steps[1]!.step_id
    const key = `${step}/document`
    expect(Object.keys(state.effects)).to.deep.equal([key])
    expect(state.effects[key]).to.deep.include({
      status: 'done',
      step_id: step,
      carriedFrom: run.executionId,
      receipt: { ...run.generated, data: { ...run.generated.data, effect_key: key, step_id: step } },
    })
    expect(state.documents).to.deep.equal([
      { ...run.generated.data, effect_key: key, step_id: step, expired_at: undefined, reused: true },
    ])
  })

  it('makes its documents anew when it begins before them', () => {
    const state = goesOn(...failedAtEmail, retried({ from_step: 2 }))
    expect(state).to.deep.include({ effects: {}, documents: [] })
  })

  it('does not send again what was sent, though it goes through the step again', () => {
    const state = goesOn(...failedAtEnd, retried({ from_step: 3 }))
    const email = state.steps[2]!
    const key = `${email.step_id}/email`
    expect(email.status).to.equal('pending')
    expect(state.effects[key]).to.include({ status: 'done', message_id: '<1@docg>' })
    const send: ExecutionCommand = {
      type: 'IntendEffect',
      ...run.sendIntention,
      effect_key: key,
      step_id: email.step_id,
    }
    const command = retryOf(runAfter(...failedAtEnd, retried({ from_step: 3 })))!
    const events = tellAll([command, { type: 'StartExecution' }, startStep(email), send]).map(({ event }) => event.type)
    expect(events.slice(-2)).to.deep.equal(['ExecutionStarted', 'StepStarted'])
  })

  it('sends again when that is asked for', () => {
    const state = goesOn(...failedAtEnd, retried({ from_step: 3, repeat_effects: true }))
    expect(Object.keys(state.effects)).to.deep.equal([`${state.steps[1]!.step_id}/document`])
  })

  it('sends nothing again of a reused step, whatever is asked for', () => {
    const state = goesOn(...failedAtEnd, retried({ from_step: 4, repeat_effects: true }))
    expect(Object.values(state.effects).map(({ kind, status }) => [kind, status])).to.deep.equal([
      ['document', 'done'],
      ['email', 'done'],
    ])
  })

  it('takes an e-mail of which nobody knows for sent, unless it is to go out again', () => {
    const lost = [...made, run.sendIntended, run.outcomeLost, canceled()]
    const kept = goesOn(...lost, retried({ from_step: 3, repeat_effects: false }))
    expect(kept.effects[`${kept.steps[2]!.step_id}/email`]).to.deep.include({ status: 'done', receipt: undefined })
    const again = goesOn(...lost, retried({ from_step: 3, repeat_effects: true }))
    expect(again.effects[`${again.steps[2]!.step_id}/email`]).to.equal(undefined)
  })

  it('keeps what a person assumed to be sent without a receipt', () => {
    const assumed = [...made, run.sendIntended, run.outcomeLost, run.outcomeDecided('assume_sent')]
    const state = goesOn(...assumed, canceled(), retried({ from_step: 3 }))
    expect(state.effects[`${state.steps[2]!.step_id}/email`]).to.deep.include({ status: 'done', receipt: undefined })
  })

  it('has the data that was asked for, or that of the run as it was changed', () => {
    const other = { personal: { trigger_data: { deal_id: '4' } } }
    expect(goesOn(...failedAtEnd, retried(other)).triggerData).to.deep.equal({ deal_id: '4' })
    const changed = [
      created,
      started,
      controls.paused,
      controls.resumed({ changes: { to: 'b' } }),
      canceled(),
      retried(),
    ]
    expect(goesOn(...changed).triggerData).to.deep.equal({ deal_id: '123', to: 'b' })
  })

  it('keeps what the run was wanted for', () => {
    const dry: ExecutionEvent = { ...created, data: { ...created.data, dry_run: true, until_phase: 'render' } }
    expect(goesOn(dry, canceled(), retried())).to.include({ dryRun: true, untilPhase: 'render' })
  })

  it('may have another plan: a node that is gone is not reused, a new one is done', () => {
    const [trigger, render, ...others] = run.planOf()
    const plan = [trigger!, { ...controls.review, position: 2 }, { ...render!, position: 3 }, ...others]
    const state = goesOn(...failedAtEnd, retried({ plan, from_step: 2 }))
    expect(reusedIn(state)).to.deep.equal(['Start'])
    expect(state.steps.map(({ label }) => label)).to.deep.equal(plan.map(({ label }) => label))
  })

  it('may go on in turn: what was done first is told from where it was done', () => {
    const first = goesOn(...failedAtEnd, retried({ from_step: 4 }))
    const second = retryIdOf(first.executionId)
    const asked = { ...retryAsked(), execution_id: second, from_step: 4 }
    const ended: ReadonlyArray<ExecutionEvent> = [
      canceled(),
      { ...retried(), data: { ...asked, repeat_effects: false, at: run.now } } as ExecutionEvent,
    ]
    const command = retryOf(ended.reduce(execution.evolve, first) as Execution)!
    const third = given().when(command).state() as Execution
    expect(third).to.deep.include({ executionId: second, retryOf: first.executionId })
    expect(third.steps.slice(0, 3).map(({ reusedFrom }) => reusedFrom)).to.deep.equal(Array(3).fill(run.executionId))
    expect(Object.values(third.effects).map(({ carriedFrom }) => carriedFrom)).to.deep.equal(
      Array(2).fill(run.executionId),
    )
    expect(Object.keys(third.effects)).to.deep.equal([
      `${third.steps[1]!.step_id}/document`,
      `${third.steps[2]!.step_id}/email`,
    ])
    expect(third.documents.map(({ step_id }) => step_id)).to.deep.equal([third.steps[1]!.step_id])
  })
})
