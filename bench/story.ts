import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import * as RA from 'fp-ts/ReadonlyArray'
import type { ReadonlyNonEmptyArray } from 'fp-ts/ReadonlyNonEmptyArray'
import type { ExpectedRevision, NewEvent, StreamName } from '../src/domain/event-store'
import { execution, type ExecutionCommand, executionStream } from '../src/domain/execution'
import {
  CommandId,
  CorrelationId,
  derivedId,
  EventId,
  ExecutionId,
  NodeId,
  type OrganizationId,
  stepIdOf,
  type WorkflowId,
} from '../src/domain/ids'
import { EventMetadata, metadataOf } from '../src/domain/metadata'
import { revision } from '../src/domain/position'

export type Append = { readonly expected: ExpectedRevision; readonly events: ReadonlyNonEmptyArray<NewEvent> }
/** A run as the log will have it: what each of its commands appends. */
export type Story = {
  readonly id: ExecutionId
  readonly stream: StreamName
  readonly creation: Append
  readonly appends: ReadonlyArray<Append>
}

const stepsOf = (id: ExecutionId) =>
  Array.from({ length: 5 }, (_, i) => {
    const node_id = derivedId(NodeId, id, String(i))
    const step_id = stepIdOf(id, node_id)
    return {
      step_id,
      node_id,
      position: i + 1,
      node_type: 'manual',
      label: `Step ${i + 1}`,
      phase: 'trigger' as const,
      kind: 'trigger' as const,
    }
  })

const commandsOf = (id: ExecutionId, organization_id: OrganizationId, workflow_id: WorkflowId): ExecutionCommand[] => [
  {
    type: 'CreateExecution',
    execution_id: id,
    organization_id,
    workflow_id,
    workflow_name: 'bench',
    workflow_version: 1,
    workflow_revision: '0',
    trigger_type: 'manual',
    dry_run: false,
    until_phase: null,
    retry_of: null,
    plan: stepsOf(id),
    personal: { trigger_data: {} },
  },
  { type: 'StartExecution' },
  ...stepsOf(id).flatMap(({ step_id }): ReadonlyArray<ExecutionCommand> => [
    { type: 'StartStep', step_id, author: 'bench', data_in: {} },
    { type: 'CompleteStep', step_id, output: {}, personal: { output: {} } },
  ]),
]

/** Every append gives something to see: a message on the stream and a change of the run's row. */
export const appendsOfStory = 11

export const storyOf = (organization: OrganizationId, workflow: WorkflowId): Story => {
  const id = derivedId(ExecutionId, randomUUID(), 'bench')
  let state = execution.initialState
  let length = 0n
  const [creation, ...appends] = commandsOf(id, organization, workflow).map((command, n): Append => {
    const decided = execution.decide(command)(state)
    if (E.isLeft(decided)) throw new Error(`${command.type}: ${decided.left._tag}`)
    state = decided.right.reduce(execution.evolve, state)
    const expected = length === 0n ? 'no_stream' : revision(length - 1n)
    const commandId = derivedId(CommandId, id, String(n))
    const metadata = EventMetadata.encode(
      metadataOf({
        commandId,
        commandHash: '',
        correlationId: derivedId(CorrelationId, id, 'correlation'),
        causationId: commandId,
        actor: { type: 'system', id: 'bench' },
        organization,
      }),
    )
    const events = decided.right.map((event, index): NewEvent => ({
      id: derivedId(EventId, commandId, String(index)),
      ...execution.codec.encode(event),
      metadata,
    }))
    length += BigInt(events.length)
    if (!RA.isNonEmpty(events)) throw new Error(`${command.type} appends nothing`)
    return { expected, events }
  })
  if (creation === undefined) throw new Error('a story begins with its creation')
  return { id, stream: executionStream(id), creation, appends }
}
