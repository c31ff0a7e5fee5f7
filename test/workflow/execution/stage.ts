import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { commandHandler } from '../../../src/domain/command-handler'
import type { EventStore } from '../../../src/domain/event-store'
import { execution, executionStream } from '../../../src/domain/execution'
import type { ExecutionCommand } from '../../../src/domain/execution/commands'
import type { ExecutionEvent } from '../../../src/domain/execution/events'
import type { Execution } from '../../../src/domain/execution/state'
import {
  CommandId,
  CorrelationId,
  derivedId,
  ExecutionId,
  NodeId,
  OrganizationId,
  type StepId,
  stepIdOf,
  WorkflowId,
} from '../../../src/domain/ids'
import { load } from '../../../src/domain/load'
import type { CommandContext } from '../../../src/domain/metadata'
import { revision } from '../../../src/domain/position'
import { workflowDefinition, workflowDefinitionStream } from '../../../src/domain/workflow-definition'

const organization = derivedId(OrganizationId, randomUUID(), 'organization')

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const context = (): CommandContext => {
  const commandId = derivedId(CommandId, randomUUID())
  return {
    commandId,
    commandHash: 'h',
    correlationId: derivedId(CorrelationId, commandId),
    causationId: commandId,
    actor: { type: 'user', id: 'ana@example.com' },
    organization,
  }
}

export type StagedRun = {
  readonly id: ExecutionId
  readonly stepIds: ReadonlyArray<StepId>
  readonly tell: (command: ExecutionCommand) => Promise<void>
  readonly state: () => Promise<Execution>
  readonly types: () => Promise<ReadonlyArray<string>>
  readonly events: () => Promise<ReadonlyArray<ExecutionEvent>>
}

/** A workflow of nodes of these types, defined in the log, and a queued run of it. */
export const stageRun = async (store: EventStore, nodeTypes: ReadonlyArray<string>): Promise<StagedRun> => {
  const workflow_id = derivedId(WorkflowId, randomUUID())
  const id = derivedId(ExecutionId, randomUUID())
  const nodes = nodeTypes.map((node_type) => ({
    node_id: derivedId(NodeId, randomUUID()),
    node_type,
    label: node_type,
    config: {},
  }))
  const define = { workflow_id, organization_id: organization, name: 'W', nodes, webhook_token_sha256: undefined }
  right(
    await commandHandler(store)(workflowDefinition)(
      workflowDefinitionStream(workflow_id),
      { type: 'DefineWorkflow', ...define },
      context(),
    )(),
  )
  const tell = async (command: ExecutionCommand): Promise<void> => {
    right(await commandHandler(store)(execution)(executionStream(id), command, context())())
  }
  const loaded = async () => right(await load(store)(execution)(executionStream(id))())
  const plan = nodes.map(({ node_id, node_type, label }, index) => ({
    step_id: stepIdOf(id, node_id),
    node_id,
    position: index + 1,
    node_type,
    label,
    phase: 'delivery' as const,
  }))
  await tell({
    type: 'CreateExecution',
    execution_id: id,
    organization_id: organization,
    workflow_id,
    workflow_name: 'W',
    workflow_version: 1,
    workflow_revision: String(revision(0n)),
    trigger_type: 'manual',
    plan,
    personal: { trigger_data: { name: 'Ana' } },
  })
  return {
    id,
    stepIds: plan.map(({ step_id }) => step_id),
    tell,
    state: async () => {
      const { state } = await loaded()
      if (state.status === 'unborn') throw new Error('no run')
      return state
    },
    types: async () => (await loaded()).history.map(({ type }) => type),
    events: async () => (await loaded()).history.map((recorded) => right(execution.codec.decode(recorded))),
  }
}
