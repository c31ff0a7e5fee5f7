import type { Locale } from '../../domain/catalogue/entry'
import { textOf } from '../../domain/catalogue/text'
import type { Json } from '../../domain/event-store'
import type { LiveFault, LiveMessage } from './schema'

/** What a reader may see and in which language. */
export type LiveReader = { readonly technical: boolean; readonly triggerData: boolean; readonly locale: Locale }

export const liveReader = (roles: ReadonlyArray<string>, locale: Locale): LiveReader => ({
  technical: roles.includes('auditor') || roles.includes('admin'),
  triggerData: roles.some((role) => role !== 'viewer'),
  locale,
})

/** The text as it was then, where this version cannot say it in the reader's language. */
const humanText = ({ code, params, error_human }: LiveFault, { locale }: LiveReader): string => {
  const text = textOf(code, params, locale)
  return text === code ? error_human : text
}

const faultFor = (fault: LiveFault, reader: LiveReader) => ({
  code: fault.code,
  error_human: humanText(fault, reader),
  error_tech: reader.technical ? fault.error_tech : null,
})

const dataFor = (message: LiveMessage, reader: LiveReader): Json => {
  switch (message.event_type) {
    case 'execution.created': {
      const { trigger_type, trigger_data } = message.data
      return { trigger_type, trigger_data: reader.triggerData ? trigger_data : null }
    }
    case 'execution.status_changed': {
      const { from, to, because } = message.data
      return { from, to, reason: because === null ? null : humanText(because, reader), code: because?.code ?? null }
    }
    case 'step.failed': {
      const { step_id, node_id, node_type, position } = message.data
      return { step_id, node_id, node_type, position, ...faultFor(message.data, reader) }
    }
    case 'execution.failed':
      return { step_id: message.data.step_id, ...faultFor(message.data, reader) }
    case 'execution.progress':
    case 'preflight.completed':
    case 'step.started':
    case 'step.skipped':
    case 'review.requested':
    case 'step.completed':
    case 'execution.completed':
    case 'execution.canceled':
    case 'signature.completed':
      return message.data
    case 'review.decided':
      return reader.triggerData ? message.data : { ...message.data, decided_by: null, comment: null }
    case 'signature.requested':
      return reader.triggerData ? message.data : { envelope_id: message.data.envelope_id, signers: null }
  }
}

/** Schema v1 as this reader gets it. What he may not see is null; texts are in his language. */
export const redact = (message: LiveMessage, reader: LiveReader): Json => {
  const { schema_version, event_id, event_type, timestamp, execution_id, workflow_id, organization_id } = message
  const { correlation_id, status, progress, current_step } = message
  return {
    schema_version,
    event_id,
    event_type,
    timestamp,
    execution_id,
    workflow_id,
    organization_id,
    correlation_id,
    status,
    progress,
    current_step,
    data: dataFor(message, reader),
  }
}
