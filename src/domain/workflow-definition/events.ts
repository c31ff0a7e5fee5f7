import * as t from 'io-ts'
import { eventCodec, type EventOf } from '../codec'
import { OrganizationId, WorkflowId } from '../ids'
import { Node } from './node'

const drawn = {
  workflow_id: WorkflowId,
  version: t.number,
  name: t.string,
  /** Configurations name people and addresses. */
  personal: t.readonly(t.type({ nodes: t.readonlyArray(Node) })),
}

/** What a drawing leaves as it was, so that no event before it needs to be read. */
const Kept = t.readonly(
  t.type({
    organization_id: OrganizationId,
    status: t.keyof({ draft: null, active: null, archived: null }),
    webhook_token_sha256: t.union([t.string, t.null]),
  }),
)

export const WorkflowDefined = t.readonly(t.type({ organization_id: OrganizationId, ...drawn }))
export type WorkflowDefined = t.TypeOf<typeof WorkflowDefined>

const events = {
  WorkflowDefined,
  /** `kept` is absent from what was written before it was known. */
  WorkflowRevised: t.readonly(t.intersection([t.type(drawn), t.partial({ kept: Kept })])),
  WorkflowActivated: t.readonly(t.type({ workflow_id: WorkflowId })),
  WorkflowArchived: t.readonly(t.type({ workflow_id: WorkflowId })),
  /** SHA-256 of the token in the webhook's address, hex; a new one replaces the last. */
  WebhookTokenIssued: t.readonly(t.type({ workflow_id: WorkflowId, token_sha256: t.string })),
}

export const WorkflowDefinitionEvents = eventCodec(events)
export type WorkflowDefinitionEvent = EventOf<typeof events>
