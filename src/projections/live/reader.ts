import { adviceFor } from '../../domain/messages/actions'
import { type Found, renderFound } from '../../domain/messages/issue'
import { textOf } from '../../domain/messages/text'
import type { Json } from '../../domain/event-store'
import { dataFor, paramsFor, peopleFor, type Reader, techFor, withoutMailboxes } from '../../domain/visibility'
import type { LiveFault, LiveMessage } from './schema'

/** The text as it was then, where this version cannot say it in the reader's language. */
const humanText = ({ code, params, error_human }: LiveFault, reader: Reader): string => {
  const text = textOf(code, paramsFor(reader, params), reader.locale)
  if (text !== code) return text
  return reader.sees.people ? error_human : withoutMailboxes(error_human)
}

const faultFor = (fault: LiveFault, node_id: string | null, reader: Reader) => ({
  code: fault.code,
  error_human: humanText(fault, reader),
  error_tech: techFor(reader, fault.error_tech),
  recommended_actions: adviceFor([{ code: fault.code, node_id }], reader) as unknown as Json,
})

const noFault = { code: null, error_tech: null, recommended_actions: [] }

/** The findings in both of the guide's lists, and what to do about them. */
const verdictFor = (findings: ReadonlyArray<Found>, reader: Reader) => {
  const rendered = findings.map(renderFound(reader))
  return {
    blocking: rendered.filter(({ severity }) => severity === 'blocking'),
    warnings: rendered.filter(({ severity }) => severity === 'warning'),
    recommended_actions: adviceFor(findings, reader) as unknown as Json,
  }
}

const payloadFor = (message: LiveMessage, reader: Reader): Json => {
  const node_id = message.current_step?.node_id ?? null
  switch (message.event_type) {
    case 'execution.created': {
      const { trigger_type, trigger_data } = message.data
      return { trigger_type, trigger_data: dataFor(reader, trigger_data) }
    }
    case 'execution.status_changed': {
      const { from, to, because } = message.data
      if (because === null) return { from, to, reason: null, ...noFault }
      const { error_human: reason, ...fault } = faultFor(because, node_id, reader)
      return { from, to, reason, ...fault }
    }
    case 'step.failed': {
      const { step_id, node_id, node_type, position } = message.data
      return { step_id, node_id, node_type, position, ...faultFor(message.data, node_id, reader) }
    }
    case 'execution.failed':
      return { step_id: message.data.step_id, ...faultFor(message.data, node_id, reader) }
    case 'preflight.completed': {
      const { blocking_count, warning_count, groups, findings } = message.data
      return { blocking_count, warning_count, groups, ...verdictFor(findings, reader) }
    }
    case 'execution.progress':
    case 'step.started':
    case 'step.skipped':
    case 'review.requested':
    case 'step.completed':
    case 'execution.completed':
    case 'signature.completed':
      return message.data
    case 'execution.canceled': {
      const { canceled_by, reason } = message.data
      return { canceled_by: peopleFor(reader, canceled_by), reason: peopleFor(reader, reason) }
    }
    case 'review.decided': {
      const { decided_by, comment } = message.data
      return { ...message.data, decided_by: peopleFor(reader, decided_by), comment: peopleFor(reader, comment) }
    }
    case 'signature.requested':
      return { ...message.data, signers: peopleFor(reader, message.data.signers) }
  }
}

/** Schema v1 as this reader gets it. What he may not see is null; texts are in his language. */
export const shownMessage = (message: LiveMessage, reader: Reader): Json => {
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
    data: payloadFor(message, reader),
  }
}
