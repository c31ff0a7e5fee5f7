import { expect } from 'chai'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../../src/domain/execution'
import { fault } from '../../../src/domain/fault'
import * as controls from '../../support/controls'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const { cancel, canceled, cancelRequested, carryOut, pause, paused, pauseRequested, resume, resumed } = controls
const { created, started, steps } = run

/** Between two steps: nothing is at work. */
const between = [created, started, ...run.done(steps.trigger)]
const atWork = [...between, run.stepStarted(steps.render)]
const waiting = [...run.sending, run.attemptFailed(steps.email)]
const lost = [...run.sending, run.sendIntended, run.outcomeLost]
const ends: ReadonlyArray<readonly [string, ReadonlyArray<ExecutionEvent>]> = [
  ['failed', [...run.sending, run.stepFailed(steps.email), run.failed(steps.email)]],
  ['canceled', [...between, canceled()]],
  ['completed', [created, started, ...run.done(...Object.values(steps)), run.completed]],
]

describe('a pause', () => {
  it('holds a run at once when no step is at work', () => {
    given(...between)
      .when(pause)
      .then(paused)
    expect(given(...between, paused).state()).to.deep.include({
      status: 'paused',
      holds: [{ kind: 'paused', since: run.now }],
    })
  })

  it('of a queued run begins it, so that its checks are due when it goes on', () => {
    given(created).when(pause).then(started, paused)
  })

  it('holds a run whose attempt waits for its retry, and the wait is still there afterwards', () => {
    given(...waiting)
      .when(pause)
      .then(paused)
    expect(given(...waiting, paused, resumed()).state())
      .to.have.property('holds')
      .that.deep.equals([{ kind: 'retry_due', since: run.now, until: run.retryAt, step_id: steps.email.step_id }])
  })

  it('is heard while a step is at work, and carried out with the end of the step', () => {
    given(...atWork)
      .when(pause)
      .then(pauseRequested)
    expect(given(...atWork, pauseRequested).state()).to.deep.include({
      status: 'running',
      requested: { control: 'pause', at: run.now, reason: null },
    })
    given(...atWork, pauseRequested)
      .when(controls.completeStep(steps.render))
      .then(run.stepCompleted(steps.render), paused)
    given(...atWork, pauseRequested)
      .when(controls.failAttempt(steps.render))
      .then(run.attemptFailed(steps.render), paused)
    given(...atWork, pauseRequested)
      .when(controls.failStep(steps.render))
      .then(run.stepFailed(steps.render), run.failed(steps.render))
    expect(
      given(...atWork, pauseRequested)
        .when(controls.failStep(steps.render))
        .state(),
    ).to.include({ status: 'failed', requested: undefined })
    expect(given(...atWork, pauseRequested, paused).state()).to.have.property('requested', undefined)
  })

  it('lets no further effect begin from the moment it is heard, and records the one under way', () => {
    given(...run.sending, pauseRequested)
      .when({ type: 'IntendEffect', ...run.sendIntention })
      .thenRejected({ _tag: 'RequestHeard', control: 'pause' })
    given(...run.sending, run.sendIntended, pauseRequested)
      .when({ type: 'RecordReceipt', receipt: run.sent })
      .then(run.sent)
  })

  it('given twice is once', () => {
    given(...between, paused)
      .when(pause)
      .thenNothing()
    given(...atWork, pauseRequested)
      .when(pause)
      .thenNothing()
  })

  it('has no place in a run that waits for people, is being canceled, or has ended', () => {
    given(...lost)
      .when(pause)
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'needs_review' })
    given(...atWork, cancelRequested())
      .when(pause)
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'running' })
    for (const [status, events] of ends)
      given(...events)
        .when(pause)
        .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: status as 'failed' })
  })

  it('lets nothing begin, skip or complete', () => {
    for (const command of [controls.startStep(steps.render), controls.skipStep(steps.render)])
      given(...between, paused)
        .when(command)
        .thenRejected({ _tag: 'StepOutOfTurn' })
    given(created, started, ...run.done(...Object.values(steps)), paused)
      .when({ type: 'CompleteExecution' })
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'paused' })
  })

  it('also binds a worker that was taken for dead', () => {
    const given2 = given(...run.sending, pauseRequested, paused)
    given2.when({ type: 'IntendEffect', ...run.sendIntention }).thenRejected({ _tag: 'StepOutOfTurn' })
    given2.when(controls.completeStep(steps.email)).thenRejected({ _tag: 'StepOutOfTurn' })
    given2.when(controls.failStep(steps.email)).thenRejected({ _tag: 'StepOutOfTurn' })
  })
})

describe('a resume', () => {
  it('lets a paused run go on', () => {
    given(...between, paused)
      .when(resume({ reason: 'go' }))
      .then(resumed({ reason: 'go' }))
    expect(given(...between, paused, resumed()).state()).to.deep.include({ status: 'running', holds: [] })
  })

  it('takes back a pause that was only heard: what is under way is shown as before', () => {
    const sending = [...run.sending, run.sendIntended, pauseRequested]
    given(...sending)
      .when(resume())
      .then(resumed())
    expect(given(...sending, resumed()).state()).to.include({ status: 'sending', requested: undefined })
  })

  it('of a run that was paused while it sent shows it running until it sends again', () => {
    const abandoned: ExecutionEvent = {
      type: 'EffectAbandoned',
      data: { effect_key: run.emailKey, step_id: steps.email.step_id, fault: run.unreachable },
    }
    const events = [...run.sending, run.sendIntended, abandoned, run.attemptFailed(steps.email), paused, resumed()]
    expect(given(...events).state()).to.include({ status: 'running' })
    expect(given(...events, run.stepStarted(steps.email, 2), run.sendIntended).state()).to.include({
      status: 'sending',
    })
  })

  it('merges its changes into the trigger’s data', () => {
    const changes = { client: { email: 'b@example.com' }, deal_id: null }
    given(...between, paused)
      .when(resume({ changes }))
      .then(resumed({ changes }))
    expect(given(...between, paused, resumed({ changes })).state())
      .to.have.property('triggerData')
      .that.deep.equals({ client: { email: 'b@example.com' } })
  })

  it('given twice is once, also after the run has ended', () => {
    const again = resume({ changes: { a: 1 } })
    given(...between, paused, resumed({ changes: { a: 1 } }))
      .when(again)
      .thenNothing()
    given(...between, paused, resumed({ changes: { a: 1 } }), canceled())
      .when(again)
      .thenNothing()
  })

  it('remembers the checks that it asked for once they are made, and asks for none when it ends the run', () => {
    const { node_id } = steps.email
    const asked = [...between, controls.checked(), paused, resumed({ recheck: [node_id] })]
    for (const events of [asked, [...asked, controls.checked([], [node_id])], [...asked, canceled()]])
      expect(given(...events).state()).to.have.deep.nested.property('lastResume.checks', [node_id])
    const refused = [...between, paused, resumed({ approved: false })]
    expect(given(...refused).state()).to.have.deep.nested.property('lastResume.checks', [])
  })

  it('is another one when it says something else, or when the run is held again', () => {
    given(...between, paused, resumed())
      .when(resume({ changes: { a: 1 } }))
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'running' })
    given(...between, paused, resumed(), paused)
      .when(resume())
      .then(resumed())
  })

  it('has no place in a run that waits for nobody', () => {
    for (const events of [[created], between, atWork, waiting])
      given(...events)
        .when(resume())
        .thenRejected({ _tag: 'ControlNotAccepted', status: given(...events).state().status as 'running' })
    given(...atWork, cancelRequested())
      .when(resume())
      .thenRejected({ _tag: 'ControlNotAccepted', status: 'running' })
    given(...between, canceled())
      .when(resume())
      .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: 'canceled' })
  })

  it('that does not approve cancels', () => {
    const no = { approved: false, reason: 'not like this' }
    given(...between, paused)
      .when(resume(no))
      .then(resumed(no), canceled('not like this'))
    given(...lost)
      .when(resume(no))
      .then(resumed(no), canceled('not like this'))
    given(...between, paused, resumed(no), canceled('not like this'))
      .when(resume(no))
      .thenNothing()
  })

  it('that does not approve ends a run whose step is at work with the end of the step, said once or twice', () => {
    const no = { approved: false, reason: 'not like this' }
    given(...atWork, pauseRequested)
      .when(resume(no))
      .then(resumed(no), cancelRequested('not like this'))
    given(...atWork, pauseRequested, resumed(no), cancelRequested('not like this'))
      .when(resume(no))
      .thenNothing()
    given(...atWork, pauseRequested, paused)
      .when(resume(no))
      .then(resumed(no), cancelRequested('not like this'))
    given(...atWork, pauseRequested, paused, resumed(no), cancelRequested('not like this'))
      .when(resume(no))
      .thenNothing()
    given(...atWork, pauseRequested, resumed(no), cancelRequested('not like this'))
      .when(controls.completeStep(steps.render))
      .then(run.stepCompleted(steps.render), canceled('not like this'))
  })

  it('has to say what became of an e-mail of which nobody knows', () => {
    given(...lost)
      .when(resume())
      .thenRejected({ _tag: 'OutcomeDecisionNeeded' })
    given(...lost)
      .when(resume({ decision: 'assume_sent' }))
      .then(resumed({ decision: 'assume_sent' }), run.outcomeDecided('assume_sent'))
  })
})

describe('a cancel', () => {
  it('ends a run at once when no step is at work, whatever it waits for', () => {
    for (const events of [[created], between, waiting, lost, [...between, paused], controls.inReview()])
      given(...events)
        .when(cancel)
        .then(canceled())
    expect(given(...lost, canceled()).state()).to.deep.include({ status: 'canceled', holds: [] })
  })

  it('is heard while a step is at work, and carried out with the end of the step, however it ends', () => {
    given(...atWork)
      .when(cancel)
      .then(cancelRequested())
    const heard = [...atWork, cancelRequested()]
    given(...heard)
      .when(controls.completeStep(steps.render))
      .then(run.stepCompleted(steps.render), canceled())
    given(...heard)
      .when(controls.failAttempt(steps.render))
      .then(run.attemptFailed(steps.render), canceled())
    given(...heard)
      .when(controls.failStep(steps.render))
      .then(run.stepFailed(steps.render), canceled())
    given(...run.sending, run.sendIntended, cancelRequested())
      .when({ type: 'ReportLostOutcome', effect_key: run.emailKey, now: run.now, fault: run.outcomeUnknown })
      .then(run.outcomeLost, canceled())
  })

  it('lets no further effect begin', () => {
    given(...run.sending, cancelRequested())
      .when({ type: 'IntendEffect', ...run.sendIntention })
      .thenRejected({ _tag: 'RequestHeard', control: 'cancel' })
    given(...run.sending, cancelRequested(), canceled())
      .when({ type: 'IntendEffect', ...run.sendIntention })
      .thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('does not undo what happens meanwhile: the receipt of what was under way is a fact', () => {
    given(...run.sending, run.sendIntended, cancelRequested(), canceled())
      .when({ type: 'RecordReceipt', receipt: run.sent })
      .then(run.sent)
  })

  it('outdoes a pause that was only heard', () => {
    given(...atWork, pauseRequested)
      .when(cancel)
      .then(cancelRequested())
    given(...atWork, pauseRequested, cancelRequested())
      .when(controls.completeStep(steps.render))
      .then(run.stepCompleted(steps.render), canceled())
  })

  it('given twice is once, and comes too late for a run that ended otherwise', () => {
    given(...between, canceled())
      .when(cancel)
      .thenNothing()
    given(...atWork, cancelRequested())
      .when(cancel)
      .thenNothing()
    for (const [status, events] of ends.filter(([status]) => status !== 'canceled'))
      given(...events)
        .when(cancel)
        .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: status as 'failed' })
  })
})

describe('what was asked for while a step was at work', () => {
  const unknown = (label: string): ExecutionEvent => ({
    type: 'DeliveryOutcomeLost',
    data: {
      effect_key: run.emailKey,
      step_id: steps.email.step_id,
      at: run.now,
      fault: fault('delivery.outcome_unknown', { label }, 'nothing more was heard of the attempt'),
    },
  })

  it('is carried out when the worker is dead', () => {
    given(...atWork, pauseRequested)
      .when(carryOut)
      .then(paused)
    given(...atWork, cancelRequested())
      .when(carryOut)
      .then(canceled())
  })

  it('tells what may have happened outside: an e-mail on its way is lost, what can be repeated is not', () => {
    given(...run.sending, run.sendIntended, cancelRequested())
      .when(carryOut)
      .then(unknown('Send'), canceled())
    given(...run.sending, run.sendIntended, run.sent, cancelRequested())
      .when(carryOut)
      .then(canceled())
    given(...atWork, run.renderIntended, pauseRequested)
      .when(carryOut)
      .then(paused)
  })

  it('is nothing when nothing was asked for or no step is at work', () => {
    for (const events of [atWork, between, [...between, paused], [...atWork, pauseRequested, paused]])
      given(...events)
        .when(carryOut)
        .thenNothing()
  })
})

describe('a control that was refused', () => {
  const refused: ExecutionCommand = { type: 'RecordRefusedControl', control: 'retry', code: 'run_state_conflict' }
  const noted: ExecutionEvent = {
    type: 'ControlRefused',
    data: { control: 'retry', code: 'run_state_conflict', status: 'running' },
  }

  it('is written down each time with the state that it met', () => {
    given(...between)
      .when(refused)
      .then(noted)
    given(...between, noted)
      .when(refused)
      .then(noted)
    given(...between, canceled())
      .when(refused)
      .then({ ...noted, data: { ...noted.data, status: 'canceled' } })
  })

  it('is no longer written down after a hundred: a history is bounded', () => {
    given(...between, ...Array<ExecutionEvent>(99).fill(noted))
      .when(refused)
      .then(noted)
    given(...between, ...Array<ExecutionEvent>(100).fill(noted))
      .when(refused)
      .thenNothing()
  })
})
