import type { WorkflowId } from '../../domain/ids'
import type { Node, Workflow } from '../../domain/workflow-definition'
import type { Dated } from '../read-owned'

export const shownNode = ({ node_id, node_type, label, config }: Node, index: number) => ({
  id: node_id,
  position: index + 1,
  structural_type: 'single',
  node_type,
  label,
  config,
})

export const shownDefinition = ({ workflowId, name, status, version, nodes }: Workflow) => ({
  id: workflowId,
  name,
  status,
  version,
  nodes: nodes.map(shownNode),
})

export const shownWorkflow = ({ state, createdAt, updatedAt, revision }: Dated<Workflow>) => ({
  ...shownDefinition(state),
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
  revision: Number(revision),
})

/** The address that other systems post to; whoever knows it can start runs. */
export const webhookPath = (id: WorkflowId, token: string): string => `/api/v1/webhooks/${id}/${token}`
