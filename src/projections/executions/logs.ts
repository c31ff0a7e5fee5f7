import { defaultLocale } from '../../domain/messages/entry'
import { type LogCode, type LogMessage, logText } from '../../domain/messages/log'
import type { Params } from '../../domain/messages/text'
import type { Recorded } from '../../domain/event-store'
import type { ExecutionEvent, ExecutionEventOf } from '../../domain/execution'
import { type Execution, stepOf } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import { derivedId, EventId, type StepId } from '../../domain/ids'
import type { ExecutionRow, LogDomain, LogLevel, LogRow } from './rows'

type Line = {
  readonly level: LogLevel
  readonly domain: LogDomain
  readonly step_id: StepId | null
  readonly message: LogMessage
  readonly tech: string | null
}

/** What went wrong, and in which node. */
type Cause = {
  readonly code: string
  readonly params: Params
  readonly tech: string
  readonly node_id: string | null
}

const line = (
  level: LogLevel,
  domain: LogDomain,
  step_id: StepId | null,
  code: LogCode,
  params: Params,
  cause?: Cause,
): Line => ({
  level,
  domain,
  step_id,
  message: {
    code,
    params,
    ...(cause === undefined ? {} : { cause: { code: cause.code, params: cause.params, node_id: cause.node_id } }),
  },
  tech: cause?.tech ?? null,
})

const labelOf = (run: Execution, step: StepId): string => stepOf(run, step)?.label ?? ''

/** Failures of saving, sending and signing are told apart from those of making. */
const domainOf = (run: Execution, id: StepId): LogDomain => {
  const phase = stepOf(run, id)?.phase
  return phase === 'save' || phase === 'delivery' ? 'delivery' : phase === 'signature' ? 'signature' : 'step'
}

const causeOf = (run: Execution, step: StepId, { code, personal: { params, tech } }: Fault): Cause => ({
  code,
  params,
  tech,
  node_id: stepOf(run, step)?.node_id ?? null,
})

const refused = (run: Execution, step: StepId, email: string): Cause => ({
  code: 'delivery.recipient_rejected',
  params: { email },
  tech: 'the mail server refused this recipient and took the message for others',
  node_id: stepOf(run, step)?.node_id ?? null,
})

/** The verdict, then each finding. */
const checked = (run: Execution, { data }: ExecutionEventOf<'PreflightCompleted'>): ReadonlyArray<Line> => {
  const { blocking_count: blocking, warning_count: warnings, personal } = data
  const level = blocking > 0 ? 'error' : warnings > 0 ? 'warn' : 'ok'
  const stepAt = (node: string | null) => run.steps.find(({ node_id }) => node_id === node)?.step_id ?? null
  return [
    line(level, 'preflight', null, 'preflight.completed', { blocking, warnings }),
    ...personal.findings.map((found) =>
      line(
        found.severity === 'blocking' ? 'error' : 'warn',
        'preflight',
        stepAt(found.node_id),
        'preflight.found',
        {},
        found,
      ),
    ),
  ]
}

const sent = (run: Execution, { step_id, personal }: ExecutionEventOf<'DocumentSent'>['data']): ReadonlyArray<Line> => {
  const params = {
    count: personal.recipients.length,
    recipients: personal.recipients.join(', '),
    subject: personal.subject,
  }
  return [
    line('ok', 'delivery', step_id, 'document.sent', params),
    ...personal.rejected.map((recipient) =>
      line('warn', 'delivery', step_id, 'document.recipient_refused', { recipient }, refused(run, step_id, recipient)),
    ),
  ]
}

const decisions = {
  resend: 'delivery.resend_decided',
  assume_sent: 'delivery.sent_assumed',
  receipt_found: 'delivery.receipt_found',
} as const

const linesOf = (run: Execution, event: ExecutionEvent): ReadonlyArray<Line> => {
  switch (event.type) {
    case 'ExecutionCreated':
      return [line('ok', 'step', null, 'run.queued', { workflow: run.workflowName })]
    case 'ExecutionStarted':
      return [line('ok', 'step', null, 'run.started', {})]
    case 'StepStarted': {
      const { step_id, attempt } = event.data
      const label = labelOf(run, step_id)
      return attempt === 1
        ? [line('ok', 'step', step_id, 'step.started', { label })]
        : [line('ok', 'step', step_id, 'step.started_again', { label, attempt })]
    }
    case 'StepAttemptFailed': {
      const { step_id, attempt, attempts_at_most, fault } = event.data
      const params = { label: labelOf(run, step_id), attempt, most: attempts_at_most }
      return [
        line('warn', domainOf(run, step_id), step_id, 'step.attempt_failed', params, causeOf(run, step_id, fault)),
      ]
    }
    case 'StepCompleted': {
      const { step_id } = event.data
      return [line('ok', 'step', step_id, 'step.completed', { label: labelOf(run, step_id) })]
    }
    case 'StepFailed': {
      const { step_id, fault } = event.data
      const params = { label: labelOf(run, step_id) }
      return [line('error', domainOf(run, step_id), step_id, 'step.failed', params, causeOf(run, step_id, fault))]
    }
    case 'DocumentGenerated':
      return [line('ok', 'step', event.data.step_id, 'document.generated', { file: event.data.personal.file_name })]
    case 'DocumentSaved':
      return [line('ok', 'delivery', event.data.step_id, 'document.saved', { location: event.data.personal.location })]
    case 'DocumentSent':
      return sent(run, event.data)
    case 'DeliveryOutcomeLost':
      return [
        line(
          'error',
          'delivery',
          event.data.step_id,
          'delivery.outcome_lost',
          {},
          causeOf(run, event.data.step_id, event.data.fault),
        ),
      ]
    case 'DeliveryOutcomeDecided': {
      const { step_id, decision } = event.data
      return [line('ok', 'delivery', step_id, decisions[decision], { label: labelOf(run, step_id) })]
    }
    case 'ExecutionCompleted':
      return event.data.stopped_after === null
        ? [line('ok', 'step', null, 'run.completed', {})]
        : [line('ok', 'step', null, 'run.stopped', { phase: event.data.stopped_after })]
    case 'ExecutionFailed': {
      const { step_id, fault } = event.data
      return [line('error', 'step', step_id, 'run.failed', {}, causeOf(run, step_id, fault))]
    }
    case 'PreflightCompleted':
      return checked(run, event)
    case 'PauseRequested':
      return [line('ok', 'step', null, 'run.pause_requested', {})]
    case 'ExecutionPaused':
      return [line('warn', 'step', null, 'run.paused', {})]
    case 'ExecutionResumed':
      return [line('ok', 'step', null, event.data.approved ? 'run.resumed' : 'run.not_approved', {})]
    case 'CancelRequested':
      return [line('warn', 'step', null, 'run.cancel_requested', {})]
    case 'ExecutionCanceled':
      return [line('warn', 'step', null, 'run.canceled', {})]
    case 'ExecutionRetried':
      return [line('ok', 'step', null, 'run.retried', { execution: event.data.execution_id })]
    case 'ControlRefused':
      return [line('warn', 'step', null, 'run.control_refused', { control: event.data.control })]
    case 'StepSkipped':
      return [
        line('ok', 'step', event.data.step_id, `step.skipped_${event.data.reason}`, {
          label: labelOf(run, event.data.step_id),
        }),
      ]
    case 'StepReused':
      return [
        line('ok', 'step', event.data.step_id, 'step.reused', {
          label: labelOf(run, event.data.step_id),
          execution: event.data.from,
        }),
      ]
    case 'InvitationSent':
      return [
        line('ok', 'step', event.data.step_id, 'review.invitation_sent', { label: labelOf(run, event.data.step_id) }),
      ]
    case 'ReviewOpened':
      return [line('ok', 'step', event.data.step_id, 'review.opened', { label: labelOf(run, event.data.step_id) })]
    case 'ReviewDecided': {
      const { step_id, approved, via, personal } = event.data
      const code = approved ? 'review.approved' : 'review.rejected'
      return [
        line(approved ? 'ok' : 'warn', 'step', step_id, code, {
          label: labelOf(run, step_id),
          who: personal.decided_by ?? via,
        }),
      ]
    }
    case 'ReviewExpired':
      return [line('warn', 'step', event.data.step_id, 'review.expired', { label: labelOf(run, event.data.step_id) })]
    case 'DocumentExpired':
      return [line('ok', 'step', null, 'document.expired', {})]
    case 'EffectIntended':
    case 'EffectAbandoned':
    case 'EffectCarriedOver':
    case 'ReviewRequested':
      return []
  }
}

/** What the run's log says of an event; `run` is the state after it. */
export const logsOf = (
  row: ExecutionRow,
  run: Execution,
  recorded: Recorded,
  event: ExecutionEvent,
): ReadonlyArray<LogRow> =>
  linesOf(run, event).map(({ level, domain, step_id, message, tech }, number) => ({
    id: derivedId(EventId, recorded.id, 'log', String(number)),
    execution_id: row.id,
    step_id,
    organization_id: row.organization_id,
    revision: recorded.revision,
    number,
    timestamp: recorded.created,
    level,
    domain,
    message,
    message_human: logText(message, defaultLocale),
    message_tech: tech,
    correlation_id: row.correlation_id,
  }))
