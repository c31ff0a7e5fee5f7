import type { OrganizationId, WorkflowId } from '../ids'
import type { Node } from './node'

export type WorkflowStatus = 'draft' | 'active' | 'archived'

export type Undefined = { readonly status: 'undefined' }
export type Workflow = {
  readonly status: WorkflowStatus
  readonly workflowId: WorkflowId
  readonly organizationId: OrganizationId
  readonly version: number
  readonly name: string
  readonly nodes: ReadonlyArray<Node>
  readonly webhookTokenSha256: string | undefined
}
export type WorkflowDefinitionState = Undefined | Workflow

export const notDefined: Undefined = { status: 'undefined' }
