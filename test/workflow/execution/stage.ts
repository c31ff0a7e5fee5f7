import { randomUUID } from 'node:crypto'
import {
  execution,
  type ExecutionCommand,
  type ExecutionEvent,
  executionStream,
  type CreateExecution,
} from '../../../src/domain/execution'
import type { Execution } from '../../../src/domain/execution/state'
import {
  derivedId,
  ExecutionId,
  NodeId,
  OrganizationId,
  type StepId,
  stepIdOf,
  WorkflowId,
} from '../../../src/domain/ids'
import { load } from '../../../src/domain/load'
import { workflowDefinition, workflowDefinitionStream } from '../../../src/domain/workflow-definition'
import type { RunLog } from '../../../src/workflow/execution/run-commands'
import { right, sendTo } from '../../support/send'

export const organization = derivedId(OrganizationId, randomUUID(), 'organization')

export type StagedRun = {
  readonly id: ExecutionId
  readonly stepIds: ReadonlyArray<StepId>
  /** A person's word. */
  readonly send: (command: ExecutionCommand) => Promise<void>
  readonly state: () => Promise<Execution>
  readonly types: () => Promise<ReadonlyArray<string>>
  readonly events: () => Promise<ReadonlyArray<ExecutionEvent>>
}

/** A workflow of so many nodes, defined in the log, and a queued run of it. */
export const stageRun = async (
  log: RunLog,
  length: number,
  change: Partial<Pick<CreateExecution, 'dry_run' | 'until_phase'>> = {},
): Promise<StagedRun> => {
  const workflow_id = derivedId(WorkflowId, randomUUID())
  const id = derivedId(ExecutionId, randomUUID())
  // A type whose checks find nothing; what its steps do is up to the test.
  const node_type = 'manual'
  const nodes = Array.from({ length }, (_, index) => ({
    node_id: derivedId(NodeId, randomUUID()),
    node_type,
    label: `Step ${index + 1}`,
    config: {},
  }))
  const send = sendTo(log, organization)
  const define = { workflow_id, organization_id: organization, name: 'W', nodes, webhook_token_sha256: undefined }
  await send(workflowDefinition, workflowDefinitionStream(workflow_id), { type: 'DefineWorkflow', ...define })
  const loaded = async () => right(await load(log)(execution)(executionStream(id))())
  const plan = nodes.map(({ node_id, label }, index) => ({
    step_id: stepIdOf(id, node_id),
    node_id,
    position: index + 1,
    node_type,
    label,
    phase: 'delivery' as const,
    kind: 'delivery' as const,
  }))
  const sendToRun = (command: ExecutionCommand) => send(execution, executionStream(id), command)
  await sendToRun({
    type: 'CreateExecution',
    execution_id: id,
    organization_id: organization,
    workflow_id,
    workflow_name: 'W',
    workflow_version: 1,
    workflow_revision: '0',
    trigger_type: 'manual',
    dry_run: false,
    until_phase: null,
    retry_of: null,
    plan,
    personal: { trigger_data: { name: 'Ana' } },
    ...change,
  })
  return {
    id,
    stepIds: plan.map(({ step_id }) => step_id),
    send: sendToRun,
    state: async () => {
      const { state } = await loaded()
      if (state.status === 'unborn') throw new Error('no run')
      return state
    },
    types: async () => (await loaded()).history.map(({ type }) => type),
    events: async () =>
      right(await log.readStream(executionStream(id), { limit: 5_000 })()).map((recorded) =>
        right(execution.codec.decode(recorded)),
      ),
  }
}
