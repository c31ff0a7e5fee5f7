import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../src/domain/connection/connection'
import {
  ConnectionId,
  derivedId,
  ExecutionId,
  NodeId,
  OrganizationId,
  stepIdOf,
  TemplateId,
  WorkflowId,
} from '../../src/domain/ids'
import type { JsonObject } from '../../src/domain/json'
import type { Template } from '../../src/domain/template/template'
import type { AnyNodeType } from '../../src/nodes/any-node-type'
import type { OutgoingPolicy } from '../../src/nodes/outgoing/policy'
import { nodeTypeOf } from '../../src/nodes/registry'
import type { StepResult, StepRun, StepStop } from '../../src/nodes/step-run'
import { contentOf, type DocxEngine } from '../../src/nodes/template-inspection'
import type { BlobStore } from '../../src/stores/blobs/blob-store'
import { fileSystemBlobStore } from '../../src/stores/blobs/file-system'
import { once } from '../../src/workflow/execution/once'
import { runInMemory, type RunInMemory } from './run-in-memory'

const namespace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8'

export const templateId = derivedId(TemplateId, namespace, 'template')
export const connectionId = derivedId(ConnectionId, namespace, 'connection')
export const organizationId = derivedId(OrganizationId, namespace, 'organization')

export const connectionOf = (connectionType: string, config: JsonObject): Connection => ({
  status: 'active',
  connectionId,
  organizationId,
  name: 'A connection',
  connectionType,
  config,
})

export type Drawn = { readonly node_type: string; readonly label?: string; readonly config: JsonObject }

export type World = {
  readonly nodes: ReadonlyArray<Drawn>
  readonly trigger: JsonObject
  readonly templates?: ReadonlyArray<Uint8Array>
  readonly connection?: Connection
  readonly secret?: JsonObject
  readonly policy?: Partial<OutgoingPolicy>
}

export type NodeRun = {
  readonly memory: RunInMemory
  readonly blobs: BlobStore
  /** Adds a version of the template. */
  readonly addTemplate: (bytes: Uint8Array) => Promise<void>
  /** Runs the step at this position as a worker does; `change` stands between the step and its world. */
  readonly step: (position: number, change?: (run: StepRun) => StepRun) => Promise<E.Either<StepStop, StepResult>>
}

const typeOf = (name: string): AnyNodeType => {
  const type = nodeTypeOf(name)
  if (type === undefined) throw new Error(`no node type ${name}`)
  return type
}

const storeTemplate = async (docx: DocxEngine, blobs: BlobStore, bytes: Uint8Array, version: number) => {
  const inspected = await docx.inspectTemplate(bytes)()
  if (E.isLeft(inspected)) throw new Error(inspected.left.tech)
  await blobs.put(bytes)()
  return { ...contentOf(inspected.right, 'template.docx'), version }
}

/** A run of these nodes with files on disk and its stream in memory. */
export const startNodeRun = async (
  docx: DocxEngine,
  world: World,
): Promise<NodeRun & { readonly end: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'docg-run-'))
  const blobs = fileSystemBlobStore(join(folder, 'blobs'))
  const memory = runInMemory()
  const executionId = derivedId(ExecutionId, namespace, folder)
  const template: { versions: Template['versions'] } = { versions: [] }
  const plan = world.nodes.map(({ node_type, label = node_type }, index) => {
    const node_id = derivedId(NodeId, namespace, String(index))
    const { phase } = typeOf(node_type)
    return { step_id: stepIdOf(executionId, node_id), node_id, position: index + 1, node_type, label, phase }
  })
  memory.must({
    type: 'CreateExecution',
    execution_id: executionId,
    organization_id: organizationId,
    workflow_id: derivedId(WorkflowId, namespace, 'workflow'),
    workflow_name: 'Test',
    workflow_version: 1,
    workflow_revision: '0',
    trigger_type: 'manual',
    plan,
    personal: { trigger_data: world.trigger },
  })
  memory.must({ type: 'StartExecution' })

  const stepRun = (position: number): StepRun => {
    const run = memory.run()
    const step = run.steps[position - 1]!
    return {
      blobs,
      docx,
      secrets: { put: () => TE.of(undefined), get: () => TE.of(world.secret) },
      outgoing: { allowPrivateAddresses: true, fileRoot: undefined, ...world.policy },
      template: (id) =>
        TE.of(
          id === templateId && template.versions.length > 0
            ? { status: 'stored', templateId, organizationId, name: 'A template', versions: template.versions }
            : undefined,
        ),
      connection: (id) => TE.of(id === connectionId ? world.connection : undefined),
      executionId,
      organizationId,
      step,
      references: {
        trigger: run.triggerData,
        step: Object.fromEntries(run.steps.map((one) => [String(one.position), one.output])),
      },
      documents: run.documents,
      effectKey: (target) => `${step.step_id}/${target}`,
      effect: (key) => memory.run().effects[key],
      // An author of its own for each attempt, as with a worker.
      once: once(memory.tell, run, step, randomUUID()),
    }
  }

  const addTemplate = async (bytes: Uint8Array) => {
    template.versions = [...template.versions, await storeTemplate(docx, blobs, bytes, template.versions.length + 1)]
  }
  for (const bytes of world.templates ?? []) await addTemplate(bytes)

  return {
    memory,
    blobs,
    addTemplate,
    step: async (position, change = (run) => run) => {
      const { node_type, config } = world.nodes[position - 1]!
      const type = typeOf(node_type)
      const step_id = plan[position - 1]!.step_id
      const stored = type.decode(config)
      if (E.isLeft(stored)) throw new Error(JSON.stringify(stored.left))
      const input = type.input(stored.right, stepRun(position))
      memory.must({ type: 'StartStep', step_id, data_in: E.isRight(input) ? input.right : {} })
      const result = await pipe(
        TE.fromEither<StepStop, JsonObject>(input),
        TE.chain(() => type.execute(stored.right, change(stepRun(position)))),
      )()
      if (E.isRight(result))
        memory.must({
          type: 'CompleteStep',
          step_id,
          output: result.right.output,
          personal: { output: result.right.personal },
        })
      return result
    },
    end: () => rm(folder, { recursive: true, force: true }),
  }
}
