import { derivedId, NodeId, OrganizationId, WorkflowId } from '../../src/domain/ids'
import { workflowDefinition } from '../../src/domain/workflow-definition'
import { specificationOf } from '../support/specification'

const given = specificationOf(workflowDefinition)

const namespace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8'
const workflow_id = derivedId(WorkflowId, namespace, 'workflow')
const organization_id = derivedId(OrganizationId, namespace, 'organization')
const nodes = [{ node_id: derivedId(NodeId, namespace, 'node'), node_type: 'manual', label: 'Start', config: {} }]

const drawn = { workflow_id, version: 1, name: 'W', personal: { nodes } }
const defined = { type: 'WorkflowDefined', data: { ...drawn, organization_id } } as const
const revised = { type: 'WorkflowRevised', data: { ...drawn, version: 2 } } as const
const activated = { type: 'WorkflowActivated', data: { workflow_id } } as const
const archived = { type: 'WorkflowArchived', data: { workflow_id } } as const

describe('a workflow is activated', () => {
  const activate = (version: number) => ({ type: 'ActivateWorkflow', version }) as const

  it('in the version that was found complete', () => {
    given(defined).when(activate(1)).then(activated)
    given(defined, revised).when(activate(2)).then(activated)
  })

  it('and not in one that came meanwhile', () => {
    given(defined, revised).when(activate(1)).thenRejected({ _tag: 'WorkflowRevisedMeanwhile' })
  })

  it('once, and never when it is archived', () => {
    given(defined, activated, revised).when(activate(1)).thenNothing()
    given(defined, archived).when(activate(1)).thenRejected({ _tag: 'WorkflowArchivedAlready' })
    given().when(activate(1)).thenRejected({ _tag: 'WorkflowNotFound' })
  })
})
