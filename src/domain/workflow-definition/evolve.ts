import type { WorkflowDefinitionEvent } from './events'
import type { WorkflowDefinitionState, Workflow } from './state'

type EventOfType<Type> = Extract<WorkflowDefinitionEvent, { readonly type: Type }>
type Drawing = EventOfType<'WorkflowDefined' | 'WorkflowRevised'>

const drawn = ({ data }: Drawing) => ({
  workflowId: data.workflow_id,
  version: data.version,
  name: data.name,
  nodes: data.personal.nodes,
})

const revised = (state: WorkflowDefinitionState, event: EventOfType<'WorkflowRevised'>): WorkflowDefinitionState => {
  const { kept } = event.data
  if (kept !== undefined)
    return {
      ...drawn(event),
      status: kept.status,
      organizationId: kept.organization_id,
      webhookTokenSha256: kept.webhook_token_sha256 ?? undefined,
    }
  return state.status === 'undefined' ? state : { ...state, ...drawn(event) }
}

const next = (workflow: Workflow, event: Exclude<WorkflowDefinitionEvent, Drawing>): Workflow => {
  switch (event.type) {
    case 'WorkflowActivated':
      return { ...workflow, status: 'active' }
    case 'WorkflowArchived':
      return { ...workflow, status: 'archived' }
    case 'WebhookTokenIssued':
      return { ...workflow, webhookTokenSha256: event.data.token_sha256 }
  }
}

export const evolve = (state: WorkflowDefinitionState, event: WorkflowDefinitionEvent): WorkflowDefinitionState => {
  if (event.type === 'WorkflowDefined')
    return {
      ...drawn(event),
      status: 'draft',
      organizationId: event.data.organization_id,
      webhookTokenSha256: undefined,
    }
  if (event.type === 'WorkflowRevised') return revised(state, event)
  return state.status === 'undefined' ? state : next(state, event)
}

/** Whoever reads back this far has read everything. */
export const isWhole = ({ type, data }: WorkflowDefinitionEvent): boolean =>
  type === 'WorkflowDefined' || (type === 'WorkflowRevised' && data.kept !== undefined)
