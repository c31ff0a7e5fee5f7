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

export const WorkflowDefined = t.readonly(t.type({ organization_id: OrganizationId, ...drawn }))
export type WorkflowDefined = t.TypeOf<typeof WorkflowDefined>

const events = {
  WorkflowDefined,
  WorkflowRevised: t.readonly(t.type(drawn)),
  WorkflowActivated: t.readonly(t.type({ workflow_id: WorkflowId })),
  WorkflowArchived: t.readonly(t.type({ workflow_id: WorkflowId })),
  /** SHA-256 of the token in the webhook's address, hex; a new one replaces the last. */
  WebhookTokenIssued: t.readonly(t.type({ workflow_id: WorkflowId, token_sha256: t.string })),
}

export const WorkflowDefinitionEvents = eventCodec(events)
export type WorkflowDefinitionEvent = EventOf<typeof events>
