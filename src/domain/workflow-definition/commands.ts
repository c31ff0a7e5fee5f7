import type { OrganizationId, WorkflowId } from '../ids'
import type { Node } from './node'

export type DefineWorkflow = {
  readonly type: 'DefineWorkflow'
  readonly workflow_id: WorkflowId
  readonly organization_id: OrganizationId
  readonly name: string
  readonly nodes: ReadonlyArray<Node>
  readonly webhook_token_sha256: string | undefined
}
/** A first webhook trigger needs a token: `webhook_token_sha256` is used when there is none yet. */
export type ReviseWorkflow = {
  readonly type: 'ReviseWorkflow'
  readonly name: string
  readonly nodes: ReadonlyArray<Node>
  readonly webhook_token_sha256: string | undefined
}
/** `version`: the one that was found complete. */
export type ActivateWorkflow = { readonly type: 'ActivateWorkflow'; readonly version: number }
export type ArchiveWorkflow = { readonly type: 'ArchiveWorkflow' }

export type WorkflowDefinitionCommand = DefineWorkflow | ReviseWorkflow | ActivateWorkflow | ArchiveWorkflow
