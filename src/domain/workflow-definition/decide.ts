import * as E from 'fp-ts/Either'
import type { DefineWorkflow, ReviseWorkflow, WorkflowDefinitionCommand } from './commands'
import type { WorkflowDefinitionRefusal } from './errors'
import type { WorkflowDefinitionEvent } from './events'
import type { Workflow, WorkflowDefinitionState } from './state'

type Events = ReadonlyArray<WorkflowDefinitionEvent>
type Decision = E.Either<WorkflowDefinitionRefusal, Events>

const issued = (workflow_id: Workflow['workflowId'], token_sha256: string | undefined): Events =>
  token_sha256 === undefined ? [] : [{ type: 'WebhookTokenIssued', data: { workflow_id, token_sha256 } }]

const define = ({ workflow_id, organization_id, name, nodes, webhook_token_sha256 }: DefineWorkflow): Events => [
  { type: 'WorkflowDefined', data: { workflow_id, organization_id, version: 1, name, personal: { nodes } } },
  ...issued(workflow_id, webhook_token_sha256),
]

const revise = (workflow: Workflow, { name, nodes, webhook_token_sha256 }: ReviseWorkflow): Events => [
  {
    type: 'WorkflowRevised',
    data: {
      workflow_id: workflow.workflowId,
      version: workflow.version + 1,
      name,
      personal: { nodes },
      kept: {
        organization_id: workflow.organizationId,
        status: workflow.status,
        webhook_token_sha256: workflow.webhookTokenSha256 ?? null,
      },
    },
  },
  ...(workflow.webhookTokenSha256 === undefined ? issued(workflow.workflowId, webhook_token_sha256) : []),
]

const decideOn = (command: Exclude<WorkflowDefinitionCommand, DefineWorkflow>, workflow: Workflow): Decision => {
  const data = { workflow_id: workflow.workflowId }
  switch (command.type) {
    case 'ReviseWorkflow':
      return workflow.status === 'archived'
        ? E.left({ _tag: 'WorkflowArchivedAlready' })
        : E.right(revise(workflow, command))
    case 'ActivateWorkflow':
      if (workflow.status === 'archived') return E.left({ _tag: 'WorkflowArchivedAlready' })
      if (workflow.status === 'active') return E.right([])
      return command.version === workflow.version
        ? E.right([{ type: 'WorkflowActivated', data }])
        : E.left({ _tag: 'WorkflowRevisedMeanwhile' })
    case 'ArchiveWorkflow':
      return E.right(workflow.status === 'archived' ? [] : [{ type: 'WorkflowArchived', data }])
  }
}

export const decide =
  (command: WorkflowDefinitionCommand) =>
  (state: WorkflowDefinitionState): Decision => {
    if (command.type === 'DefineWorkflow')
      return state.status === 'undefined' ? E.right(define(command)) : E.left({ _tag: 'WorkflowAlreadyExists' })
    return state.status === 'undefined' ? E.left({ _tag: 'WorkflowNotFound' }) : decideOn(command, state)
  }
