import { execution } from '../../../src/domain/execution'
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
