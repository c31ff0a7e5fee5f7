import type { Aggregate } from '../decider'
import type { StreamName } from '../event-store'
import type { WorkflowId } from '../ids'
import { streamName } from '../position'
import type { WorkflowDefinitionCommand } from './commands'
import { decide } from './decide'
import type { WorkflowDefinitionRefusal } from './errors'
import { type WorkflowDefinitionEvent, WorkflowDefinitionEvents } from './events'
import { evolve, isWhole } from './evolve'
import { notDefined, type WorkflowDefinitionState } from './state'

export const workflowDefinitionCategory = 'workflow_definition'

/** What a user draws: nodes in order, in versions. A run keeps to the revision it was started with. */
export const workflowDefinition: Aggregate<
  WorkflowDefinitionState,
  WorkflowDefinitionCommand,
  WorkflowDefinitionEvent,
  WorkflowDefinitionRefusal
> = {
  category: workflowDefinitionCategory,
  codec: WorkflowDefinitionEvents,
  initialState: notDefined,
  evolve,
  decide,
  isWhole,
}

export const workflowDefinitionStream = (id: WorkflowId): StreamName => streamName(workflowDefinitionCategory, id)
