import fc from 'fast-check'
import type { NewEvent } from '../../src/domain/event-store'
import { derivedId, NodeId, type TemplateId, WorkflowId } from '../../src/domain/ids'
import type { TemplateCommand } from '../../src/domain/template'
import type { DefineWorkflow, Node, ReviseWorkflow } from '../../src/domain/workflow-definition'
import { organizationId } from './runs'

export const workflowId = derivedId(WorkflowId, organizationId, 'workflow')

/** A trigger, with about so many bytes of configuration. */
export const nodeOf = (bytes: number): Node => ({
  node_id: derivedId(NodeId, organizationId, 'node'),
  node_type: 'manual',
  label: 'Start',
  config: { note: 'x'.repeat(bytes) },
})

const token = (isNeeded: boolean) => (isNeeded ? 'ab'.repeat(32) : undefined)

export const define = (hasToken: boolean, workflow_id = workflowId): DefineWorkflow => ({
  type: 'DefineWorkflow',
  workflow_id,
  organization_id: organizationId,
  name: 'Contracts',
  nodes: [nodeOf(1)],
  webhook_token_sha256: token(hasToken),
})
export const revise = (bytes: number, hasToken: boolean): ReviseWorkflow => ({
  type: 'ReviseWorkflow',
  name: `Contracts of ${bytes}`,
  nodes: [nodeOf(bytes)],
  webhook_token_sha256: token(hasToken),
})

/** Activations of one of the first versions: most are refused, those that meet the newest are not. */
export const anyActivation = fc
  .integer({ min: 1, max: 6 })
  .map((version) => ({ type: 'ActivateWorkflow' as const, version }))

const content = (sha256: string, bytes: number) => ({
  sha256,
  size: bytes,
  file_name: `${sha256}.docx`,
  tags: [{ path: ['x'.repeat(bytes)], loops: [] }],
  loops: [],
  tree: [],
  warnings: [],
})
export const upload = (template_id: TemplateId): TemplateCommand => ({
  type: 'UploadTemplate',
  template_id,
  organization_id: organizationId,
  name: 'Contract',
  content: content('first', 1),
})
export const addVersion = (sha256: string, bytes = 1): TemplateCommand => ({
  type: 'AddTemplateVersion',
  content: content(sha256, bytes),
})

/** As programs wrote it that did not know of `kept`. */
export const withoutKept = (event: NewEvent): NewEvent => {
  const { kept: _, ...data } = event.data as { readonly [key: string]: NewEvent['data'] }
  return { ...event, data }
}
