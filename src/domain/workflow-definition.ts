import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { eventCodec, type EventOf } from './codec'
import type { Aggregate } from './decider'
import type { StreamName } from './event-store'
import { NodeId, OrganizationId, WorkflowId } from './ids'
import { JsonObject } from './json'
import { streamName } from './position'

/**
 * A node as drawn: its place in the list is its position, from 1. `config` is checked by the node type's own codec before it gets here; a draft's may
 * lack what is required.
 */
export const Node = t.readonly(
  t.type({ node_id: NodeId, node_type: t.string, label: t.string, config: JsonObject }),
  'Node',
)
export type Node = t.TypeOf<typeof Node>

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

const events = {
  WorkflowDefined: t.readonly(t.type({ organization_id: OrganizationId, ...drawn })),
  /** `kept` is absent from what was written before it was known. */
  WorkflowRevised: t.readonly(t.intersection([t.type(drawn), t.partial({ kept: Kept })])),
  WorkflowActivated: t.readonly(t.type({ workflow_id: WorkflowId })),
  WorkflowArchived: t.readonly(t.type({ workflow_id: WorkflowId })),
  /** SHA-256 of the token in the webhook's address, hex; a new one replaces the last. */
  WebhookTokenIssued: t.readonly(t.type({ workflow_id: WorkflowId, token_sha256: t.string })),
}

export type WorkflowDefinitionEvent = EventOf<typeof events>

type Sketch = {
  readonly name: string
  readonly nodes: ReadonlyArray<Node>
  /** Used when the first node is a webhook, which needs a token, and there is none yet. */
  readonly webhook_token_sha256: string | undefined
}
export type DefineWorkflow = Sketch & {
  readonly type: 'DefineWorkflow'
  readonly workflow_id: WorkflowId
  readonly organization_id: OrganizationId
}
export type ReviseWorkflow = Sketch & { readonly type: 'ReviseWorkflow' }
/** `version`: the one that was found complete. */
export type ActivateWorkflow = { readonly type: 'ActivateWorkflow'; readonly version: number }
export type ArchiveWorkflow = { readonly type: 'ArchiveWorkflow' }

export type WorkflowDefinitionCommand = DefineWorkflow | ReviseWorkflow | ActivateWorkflow | ArchiveWorkflow

export type WorkflowDefinitionRefusal =
  | { readonly _tag: 'WorkflowNotFound' }
  | { readonly _tag: 'WorkflowAlreadyExists' }
  | { readonly _tag: 'WorkflowArchivedAlready' }
  /** A version came meanwhile that nobody has looked at. */
  | { readonly _tag: 'WorkflowRevisedMeanwhile' }

export type WorkflowStatus = 'draft' | 'active' | 'archived'

export type Workflow = {
  readonly status: WorkflowStatus
  readonly workflowId: WorkflowId
  readonly organizationId: OrganizationId
  readonly version: number
  readonly name: string
  readonly nodes: ReadonlyArray<Node>
  readonly webhookTokenSha256: string | undefined
}
export type WorkflowDefinitionState = { readonly status: 'unknown' } | Workflow

type EventOfType<Type> = Extract<WorkflowDefinitionEvent, { readonly type: Type }>
type Drawing = EventOfType<'WorkflowDefined' | 'WorkflowRevised'>

const drawing = ({ data }: Drawing) => ({
  workflowId: data.workflow_id,
  version: data.version,
  name: data.name,
  nodes: data.personal.nodes,
})

const revised = (state: WorkflowDefinitionState, event: EventOfType<'WorkflowRevised'>): WorkflowDefinitionState => {
  const { kept } = event.data
  if (kept !== undefined)
    return {
      ...drawing(event),
      status: kept.status,
      organizationId: kept.organization_id,
      webhookTokenSha256: kept.webhook_token_sha256 ?? undefined,
    }
  return state.status === 'unknown' ? state : { ...state, ...drawing(event) }
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

const evolve = (state: WorkflowDefinitionState, event: WorkflowDefinitionEvent): WorkflowDefinitionState => {
  if (event.type === 'WorkflowDefined')
    return {
      ...drawing(event),
      status: 'draft',
      organizationId: event.data.organization_id,
      webhookTokenSha256: undefined,
    }
  if (event.type === 'WorkflowRevised') return revised(state, event)
  return state.status === 'unknown' ? state : next(state, event)
}

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

const decide =
  (command: WorkflowDefinitionCommand) =>
  (state: WorkflowDefinitionState): Decision => {
    if (command.type === 'DefineWorkflow')
      return state.status === 'unknown' ? E.right(define(command)) : E.left({ _tag: 'WorkflowAlreadyExists' })
    return state.status === 'unknown' ? E.left({ _tag: 'WorkflowNotFound' }) : decideOn(command, state)
  }

export const workflowDefinitionCategory = 'workflow_definition'

/** What a user draws: nodes in order, in versions. A run keeps to the revision it was started with. */
export const workflowDefinition: Aggregate<
  WorkflowDefinitionState,
  WorkflowDefinitionCommand,
  WorkflowDefinitionEvent,
  WorkflowDefinitionRefusal
> = {
  category: workflowDefinitionCategory,
  codec: eventCodec(events),
  initialState: { status: 'unknown' },
  evolve,
  decide,
  isWhole: ({ type, data }) => type === 'WorkflowDefined' || (type === 'WorkflowRevised' && data.kept !== undefined),
}

export const workflowDefinitionStream = (id: WorkflowId): StreamName => streamName(workflowDefinitionCategory, id)
