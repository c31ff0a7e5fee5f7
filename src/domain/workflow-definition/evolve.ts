import type { WorkflowDefinitionEvent } from './events'
import type { WorkflowDefinitionState, Workflow } from './state'

const next = (
  workflow: Workflow,
  event: Exclude<WorkflowDefinitionEvent, { readonly type: 'WorkflowDefined' }>,
): Workflow => {
  switch (event.type) {
    case 'WorkflowRevised':
      return { ...workflow, version: event.data.version, name: event.data.name, nodes: event.data.personal.nodes }
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
      status: 'draft',
      workflowId: event.data.workflow_id,
      organizationId: event.data.organization_id,
      version: event.data.version,
      name: event.data.name,
      nodes: event.data.personal.nodes,
      webhookTokenSha256: undefined,
    }
  return state.status === 'undefined' ? state : next(state, event)
}
