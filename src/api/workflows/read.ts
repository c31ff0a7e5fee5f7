import { WorkflowId } from '../../domain/ids'
import { workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import type { Commanding } from '../deps'
import { readOwned } from '../read-owned'
import { shownWorkflow } from './shown'

export const readWorkflow = (deps: Pick<Commanding, 'on' | 'store'>) =>
  readOwned(deps)(
    { aggregate: workflowDefinition, id: WorkflowId, streamOf: workflowDefinitionStream },
    () => shownWorkflow,
  )
