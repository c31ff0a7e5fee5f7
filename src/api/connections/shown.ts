import { adviceFor } from '../../domain/messages/actions'
import { renderIssue } from '../../domain/messages/issue'
import type { Connection } from '../../domain/connection'
import type { Fault } from '../../domain/fault'
import type { JsonObject } from '../../domain/json'
import type { Reader } from '../../domain/visibility'

type Shown = {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly status: string
  readonly config: JsonObject
  readonly since: string | null
  readonly fault: Fault | null
}

/** A connection as it is told, with why it is not active and since when; never its secret. */
export const shownConnection = (reader: Reader, { since, fault, ...connection }: Shown) => {
  const issue = fault === null ? undefined : { code: fault.code, ...fault.personal, node_id: null }
  const { code, message_human, message_tech } =
    issue === undefined ? { code: null, message_human: null, message_tech: null } : renderIssue(reader)(issue)
  return {
    ...connection,
    status_since: since,
    status_reason: code === null ? null : { code, message_human, message_tech },
    recommended_actions: adviceFor(issue === undefined ? [] : [issue], reader),
  }
}

export const shownState = (reader: Reader, state: Connection) =>
  shownConnection(reader, {
    id: state.connectionId,
    name: state.name,
    type: state.connectionType,
    status: state.status,
    config: state.config,
    since: state.trouble?.since ?? null,
    fault: state.trouble?.fault ?? null,
  })
