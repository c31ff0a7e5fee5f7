import { expect } from 'chai'
import { logOf } from '../../support/arbitraries'
import type { ExecutionEvent } from '../../../src/domain/execution'
import { rowsOf, type RunRows } from '../../../src/projections/executions/rows-of'
import * as run from '../../support/runs'

const given = (...events: ReadonlyArray<ExecutionEvent>): RunRows =>
  rowsOf(logOf(events.map((event) => ({ of: run.executionId, event }))))!

const delivered = [...run.sending, run.sendIntended, run.sent, run.stepCompleted(run.steps.email)]

describe('the row of a run', () => {
  it('is queued, with every step pending, when the run is created', () => {
    const { execution, steps } = given(run.created)
    expect(execution).to.deep.include({
      id: run.executionId,
      status: 'queued',
      progress: 0,
      current_step: null,
      delivery_state: 'pending',
      signature_state: null,
      correlation_id: run.correlationId,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      recommended_actions: [],
      phase_metrics: {},
      started_at: null,
      revision: 0n,
    })
    expect(steps.map(({ step_index, status }) => [step_index, status])).to.deep.equal(
      [1, 2, 3, 4].map((i) => [i, 'pending']),
    )
  })

  it('tells the step at work and how far the run is', () => {
    const { execution } = given(...run.sending)
    const { node_id } = run.steps.email
    expect(execution.current_step).to.deep.equal({ index: 3, label: 'Send', node_id, node_type: 'email' })
    expect(execution).to.include({ status: 'ready', progress: 50 })
  })

  it('times each phase from its first start to its last end', () => {
    const { phase_metrics } = given(...run.sending).execution
    const { render, email } = run.steps
    expect(phase_metrics.render).to.deep.equal({
      start: '2026-11-22T10:30:05.000Z',
      end: '2026-11-22T10:30:06.000Z',
      duration_ms: 1_000,
      steps: [{ step_id: render.step_id, queue_wait_ms: 1_000, run_ms: 1_000, attempts: 1 }],
    })
    expect(phase_metrics.delivery).to.deep.equal({
      start: '2026-11-22T10:30:07.000Z',
      end: null,
      duration_ms: null,
      steps: [{ step_id: email.step_id, queue_wait_ms: 1_000, run_ms: null, attempts: 1 }],
    })
    expect(phase_metrics).not.to.have.property('save')
  })

  it('keeps what went wrong and what to do about it when the run fails', () => {
    const { execution, steps } = given(...run.sending, run.stepFailed(run.steps.email), run.failed(run.steps.email))
    expect(execution).to.deep.include({
      status: 'failed',
      error_code: 'delivery.recipient_rejected',
      error_params: { email: 'a@example.com' },
      last_error_human: 'O servidor de e-mail recusou o destinatário a@example.com; confira o endereço',
      last_error_tech: '550',
      delivery_state: 'failed',
      completed_at: new Date('2026-11-22T10:30:09.000Z'),
    })
    expect(execution.recommended_actions).to.deep.equal([
      {
        action: 'set_recipient',
        target_node_id: run.steps.email.node_id,
        params: {
          issue_code: 'delivery.recipient_rejected',
          issue_codes: ['delivery.recipient_rejected'],
          email: ['a@example.com'],
        },
      },
    ])
    expect(steps[2]).to.include({ status: 'failure', error_code: 'delivery.recipient_rejected', duration_ms: 1_000 })
  })

  it('waits in needs_review with advice, and goes on once decided', () => {
    const lost = [...run.sending, run.sendIntended, run.outcomeLost]
    expect(given(...lost).execution).to.include({ status: 'needs_review', error_code: 'delivery.outcome_unknown' })
    expect(given(...lost).execution.recommended_actions).to.have.length(1)
    const decided = given(...lost, run.outcomeDecided('assume_sent')).execution
    expect(decided).to.deep.include({ status: 'running', recommended_actions: [] })
  })

  it('ends completed at 100 without an error, even after a failed attempt', () => {
    const { execution, steps } = given(
      run.created,
      run.started,
      run.stepStarted(run.steps.trigger),
      run.attemptFailed(run.steps.trigger),
      run.stepStarted(run.steps.trigger, 2),
      run.stepCompleted(run.steps.trigger),
      ...run.done(run.steps.render, run.steps.email, run.steps.archive),
      run.completed,
    )
    expect(execution).to.include({ status: 'completed', progress: 100, error_code: null, last_error_human: null })
    expect(steps[0]).to.include({ status: 'success', attempt: 2, error_human: null, duration_ms: 3_000 })
  })

  it('shows the last failure of a step that is tried again', () => {
    const { steps } = given(...run.sending, run.attemptFailed(run.steps.email), run.stepStarted(run.steps.email, 2))
    expect(steps[2]).to.include({ status: 'running', attempt: 2, error_code: 'delivery.smtp_unreachable' })
  })
})

describe("a run's log", () => {
  const lines = (...events: ReadonlyArray<ExecutionEvent>) =>
    given(...events).logs.map(({ level, domain, message }) => `${level} ${domain} ${message.code}`)

  it('tells a delivery step by step', () => {
    expect(lines(...delivered).slice(-3)).to.deep.equal([
      'ok step step.started',
      'ok delivery document.sent',
      'ok step step.completed',
    ])
  })

  it('warns of each recipient that was refused', () => {
    const rejected = ['b@example.com', 'c@example.com']
    const partly: ExecutionEvent = {
      ...run.sent,
      data: { ...run.sent.data, personal: { ...run.sent.data.personal, rejected } },
    }
    const { logs } = given(...run.sending, run.sendIntended, partly)
    expect(logs.filter(({ level }) => level === 'warn').map(({ message }) => message.params)).to.deep.equal(
      rejected.map((recipient) => ({ recipient })),
    )
    expect(new Set(logs.map(({ id }) => id)).size).to.equal(logs.length)
  })

  it('says why a step failed, for people and for developers', () => {
    const line = given(...run.sending, run.stepFailed(run.steps.email)).logs.at(-1)
    expect(line).to.include({
      level: 'error',
      domain: 'delivery',
      step_id: run.steps.email.step_id,
      message_human:
        'A etapa "Send" falhou: O servidor de e-mail recusou o destinatário a@example.com; confira o endereço',
      message_tech: '550',
    })
  })

  it('tells a lost outcome and its decision', () => {
    expect(
      lines(...run.sending, run.sendIntended, run.outcomeLost, run.outcomeDecided('resend')).slice(-2),
    ).to.deep.equal(['error delivery delivery.outcome_lost', 'ok delivery delivery.resend_decided'])
  })
})

describe('a stream that cannot be projected', () => {
  const [first, second] = logOf([run.created, run.started].map((event) => ({ of: run.executionId, event })))

  it('is refused with stream, revision and reason when a type is unknown', () => {
    expect(() => rowsOf([first!, { ...second!, type: 'ExecutionPondered' }])).to.throw(
      `event 1 of execution-${run.executionId}, ExecutionPondered, cannot be read: unknown event type`,
    )
  })

  it('is refused when the data is not JSON', () => {
    expect(() => rowsOf([{ ...first!, data: undefined }])).to.throw('its data is not JSON')
  })

  it('is refused with the place in the data when the shape is wrong', () => {
    expect(() => rowsOf([{ ...first!, data: { ...run.created.data, workflow_id: 7 } }])).to.throw('/workflow_id')
  })

  it('is refused when it does not begin with its creation', () => {
    expect(() => rowsOf([second!])).to.throw('does not begin with ExecutionCreated')
  })
})
