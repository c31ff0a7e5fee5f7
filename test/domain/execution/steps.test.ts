import { expect } from 'chai'
import { execution, type ExecutionEvent } from '../../../src/domain/execution'
import { completeStep, failAttempt, failStep, runAfter, skipped, skipStep } from '../../support/controls'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const { created, started, steps } = run
const begin = (step: (typeof steps)['trigger'], author = run.worker) =>
  ({ type: 'StartStep', step_id: step.step_id, author, data_in: {} }) as const

describe('a run', () => {
  it('is created once', () => {
    given()
      .when({ type: 'CreateExecution', ...created.data })
      .then(created)
    given(created)
      .when({ type: 'CreateExecution', ...created.data })
      .thenRejected({ _tag: 'ExecutionAlreadyExists' })
  })

  it('begins once', () => {
    given(created).when({ type: 'StartExecution' }).then(started)
    given(created, started).when({ type: 'StartExecution' }).thenNothing()
  })

  it('knows no command before it exists', () => {
    given().when({ type: 'StartExecution' }).thenRejected({ _tag: 'ExecutionNotFound' })
    given().when({ type: 'CompleteExecution' }).thenRejected({ _tag: 'ExecutionNotFound' })
  })

  it('ends when every step is done, and not before', () => {
    const all = [created, started, ...run.done(steps.trigger, steps.render, steps.email, steps.archive)]
    given(...all)
      .when({ type: 'CompleteExecution' })
      .then(run.completed)
    given(...all, run.completed)
      .when({ type: 'CompleteExecution' })
      .thenNothing()
    given(...all.slice(0, -1))
      .when({ type: 'CompleteExecution' })
      .thenRejected({ _tag: 'StepsRemain' })
  })
})

describe('a step', () => {
  it('begins when those before it are done', () => {
    given(created, started).when(begin(steps.trigger)).then(run.stepStarted(steps.trigger))
    given(created, started).when(begin(steps.render)).thenRejected({ _tag: 'StepOutOfTurn' })
    given(created).when(begin(steps.trigger)).thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('taken up again by the worker that has it is the same attempt', () => {
    given(created, started, run.stepStarted(steps.trigger)).when(begin(steps.trigger)).thenNothing()
  })

  it('that failed an attempt begins another', () => {
    given(...run.sending, run.attemptFailed(steps.email))
      .when(begin(steps.email))
      .then(run.stepStarted(steps.email, 2))
  })

  it('reports a failed attempt once', () => {
    const report = {
      type: 'RecordFailedAttempt',
      step_id: steps.email.step_id,
      attempts_at_most: 3,
      now: run.now,
      retry_at: run.retryAt,
      fault: run.unreachable,
    } as const
    given(...run.sending)
      .when(report)
      .then(run.attemptFailed(steps.email))
    given(...run.sending, run.attemptFailed(steps.email))
      .when(report)
      .thenNothing()
    given(created, started).when(report).thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('is completed once, and only at work', () => {
    const complete = {
      type: 'CompleteStep',
      step_id: steps.trigger.step_id,
      output: { ok: true },
      personal: { output: {} },
    } as const
    given(created, started, run.stepStarted(steps.trigger)).when(complete).then(run.stepCompleted(steps.trigger))
    given(created, started, ...run.done(steps.trigger))
      .when(complete)
      .thenNothing()
    given(created, started).when(complete).thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('that fails ends the run', () => {
    const fail = { type: 'FailStep', step_id: steps.email.step_id, fault: run.refused } as const
    const after = [run.stepFailed(steps.email), run.failed(steps.email)]
    given(...run.sending)
      .when(fail)
      .then(...after)
    given(...run.sending, ...after)
      .when(fail)
      .thenNothing()
    given(...run.sending, ...after)
      .when(begin(steps.archive))
      .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: 'failed' })
    given(...run.sending, ...after)
      .when({ type: 'CompleteExecution' })
      .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: 'failed' })
  })

  it('must be in the plan', () => {
    const stranger = { ...steps.trigger, step_id: run.planOf(run.workflowId as never)[0]!.step_id }
    given(created, started).when(begin(stranger)).thenRejected({ _tag: 'StepNotPlanned' })
  })
})

describe('a worker that is not heard of again', () => {
  const takenUp = (author: string, attempt: number, put_off = false): ExecutionEvent => {
    const { step_id, node_id, position } = steps.email
    const data = { step_id, node_id, position, attempt, author, personal: { data_in: {} } }
    return { type: 'StepStarted', data: put_off ? { ...data, put_off: true } : data }
  }
  const deathsAfter = (...events: ReadonlyArray<ExecutionEvent>) => {
    const { attempt, deaths, faults, author } = runAfter(...run.sending, ...events).steps[2]!
    return { attempt, deaths, faults, author }
  }

  it('leaves its step to another, which is another attempt and counts as a death', () => {
    given(...run.sending)
      .when(begin(steps.email, 'worker 2'))
      .then(takenUp('worker 2', 2))
    expect(deathsAfter()).to.deep.equal({ attempt: 1, deaths: 0, faults: 0, author: run.worker })
    expect(deathsAfter(takenUp('worker 2', 2))).to.deep.equal({ attempt: 2, deaths: 1, faults: 0, author: 'worker 2' })
    expect(deathsAfter(takenUp('worker 2', 2), takenUp('worker 3', 3))).to.include({ attempt: 3, deaths: 2 })
  })

  it('is not one whose attempt failed: that is a fault, whoever tries again', () => {
    given(...run.sending, run.attemptFailed(steps.email))
      .when(begin(steps.email, 'worker 2'))
      .then(takenUp('worker 2', 2))
    expect(deathsAfter(run.attemptFailed(steps.email), takenUp('worker 2', 2))).to.include({ deaths: 0, faults: 1 })
  })

  it('is not one that put its attempt off itself', () => {
    given(...run.sending)
      .when({ ...begin(steps.email, 'worker 2'), put_off_by: run.worker })
      .then(takenUp('worker 2', 2, true))
    given(...run.sending)
      .when({ ...begin(steps.email, 'worker 2'), put_off_by: 'worker 3' })
      .then(takenUp('worker 2', 2))
    expect(deathsAfter(takenUp('worker 2', 2, true))).to.include({ attempt: 2, deaths: 0 })
  })

  it('is forgiven, as faults are, once a person has decided', () => {
    const lost = [run.attemptFailed(steps.email), takenUp('worker 2', 2), takenUp('worker 3', 3), run.outcomeLost]
    expect(deathsAfter(...lost)).to.include({ deaths: 1, faults: 1 })
    for (const decision of ['resend', 'assume_sent', 'receipt_found'] as const)
      expect(deathsAfter(...lost, run.outcomeDecided(decision))).to.include({ deaths: 0, faults: 0 })
  })

  it('is heard when it speaks after all: what it did is done', () => {
    given(...run.sending, takenUp('worker 2', 2))
      .when(completeStep(steps.email))
      .then(run.stepCompleted(steps.email))
  })
})

describe('a failed attempt', () => {
  it('holds the run until the retry is due, and ends with it', () => {
    const waiting = runAfter(...run.sending, run.attemptFailed(steps.email))
    expect(waiting.holds).to.deep.equal([
      { kind: 'retry_due', since: run.now, until: run.retryAt, step_id: steps.email.step_id },
    ])
    expect(
      runAfter(...run.sending, run.attemptFailed(steps.email), run.stepStarted(steps.email, 2)).holds,
    ).to.have.length(0)
  })

  it('counts beside those before it', () => {
    const twice = [run.attemptFailed(steps.email), run.stepStarted(steps.email, 2), run.attemptFailed(steps.email, 2)]
    expect(runAfter(...run.sending, ...twice).steps[2]).to.include({ faults: 2, attempt: 2, waitsForRetry: true })
  })

  it('is none of a step that is done, has failed, or whose run has ended', () => {
    for (const events of [
      [...run.sending, run.stepCompleted(steps.email)],
      [...run.sending, run.stepFailed(steps.email), run.failed(steps.email)],
    ])
      given(...events)
        .when(failAttempt(steps.email))
        .thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('may still be followed by the end of its step: the wait ends too', () => {
    expect(
      given(...run.sending, run.attemptFailed(steps.email))
        .when(completeStep(steps.email))
        .state(),
    ).to.have.deep.property('holds', [])
    expect(
      given(...run.sending, run.attemptFailed(steps.email))
        .when(failStep(steps.email))
        .state(),
    ).to.deep.include({ status: 'failed', holds: [] })
  })
})

describe('a skip', () => {
  const begun = [created, started]

  it('is for the first step that is left, before it begins, and counts as done', () => {
    given(...begun)
      .when(skipStep(steps.trigger))
      .then(skipped(steps.trigger))
    given(...begun)
      .when(skipStep(steps.render))
      .thenRejected({ _tag: 'StepOutOfTurn' })
    given(...begun, run.stepStarted(steps.trigger))
      .when(skipStep(steps.trigger))
      .thenRejected({ _tag: 'StepOutOfTurn' })
    given(...begun, skipped(steps.trigger))
      .when(begin(steps.render))
      .then(run.stepStarted(steps.render))
    expect(runAfter(...begun, skipped(steps.trigger)).progress).to.equal(25)
  })

  it('is made once, and not of what is done', () => {
    given(...begun, skipped(steps.trigger))
      .when(skipStep(steps.trigger))
      .thenNothing()
    given(...begun, ...run.done(steps.trigger))
      .when(skipStep(steps.trigger))
      .thenNothing()
    given(...begun, skipped(steps.trigger))
      .when(begin(steps.trigger))
      .thenNothing()
  })

  it('comes too late for a run that has ended', () => {
    given(...run.sending, run.stepFailed(steps.email), run.failed(steps.email))
      .when(skipStep(steps.archive))
      .thenRejected({ _tag: 'ExecutionAlreadyEnded', status: 'failed' })
  })

  it('of every step that was left lets the run complete, and says after which phase it stopped', () => {
    const until: ExecutionEvent = { ...created, data: { ...created.data, until_phase: 'trigger' } }
    const rest = [steps.render, steps.email, steps.archive].map((step) => skipped(step, 'until_phase'))
    given(until, started, ...run.done(steps.trigger), ...rest)
      .when({ type: 'CompleteExecution' })
      .then({ type: 'ExecutionCompleted', data: { execution_id: run.executionId, stopped_after: 'trigger' } })
  })
})
