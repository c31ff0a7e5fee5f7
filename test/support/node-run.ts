import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Connection, connection, connectionStream } from '../../src/domain/connection'
import { execution, executionStream } from '../../src/domain/execution'
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
import { template, templateStream } from '../../src/domain/template'
import type { AnyNodeType } from '../../src/nodes/any-node-type'
import type { OutgoingPolicy } from '../../src/nodes/outgoing/policy'
import { oneEach } from '../../src/nodes/email/smtp-sessions'
import { type FillTexts, fillingIn } from '../../src/nodes/node-work/filling'
import { checksIn, nodeThreads } from '../../src/nodes/preflight'
import { nodeTypeOf } from '../../src/nodes/registry'
import type { StepResult, StepRun, StepStop } from '../../src/nodes/steps/step-run'
import { contentOf, type DocxEngine } from '../../src/nodes/template-inspection'
import type { BlobStore } from '../../src/stores/blobs/blob-store'
import { fileSystemBlobStore } from '../../src/stores/blobs/file-system'
import { attempt, type Attempting, type RunnableType } from '../../src/workflow/execution/attempt'
import { catalogOf } from '../../src/workflow/execution/catalog'
import { openRun } from '../../src/workflow/execution/run-commands'
import { nobodyAsked } from './probes'
import { runInMemory, type RunInMemory } from './run-in-memory'
import { right, sendTo } from './send'

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
  version: 1,
  trouble: undefined,
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
  /** One attempt at the step at this position, by a worker of its own; `change` stands between the step and its world. */
  readonly step: (position: number, change?: (run: StepRun) => StepRun) => Promise<E.Either<StepStop, StepResult>>
}

const typeOf = (name: string): AnyNodeType => {
  const type = nodeTypeOf(name)
  if (type === undefined) throw new Error(`no node type ${name}`)
  return type
}

const planOf = (executionId: ExecutionId, nodes: World['nodes']) =>
  nodes.map(({ node_type, label = node_type }, index) => {
    const node_id = derivedId(NodeId, namespace, String(index))
    const { phase, kind } = typeOf(node_type)
    return { step_id: stepIdOf(executionId, node_id), node_id, position: index + 1, node_type, label, phase, kind }
  })

/** What the step's own code answers, before the worker acts on it. */
const overheard = (type: RunnableType, filling: FillTexts, change: (run: StepRun) => StepRun) => {
  const heard: { answer?: E.Either<StepStop, StepResult> } = {}
  const hear = <Stop extends StepStop>(stop: Stop): Stop => {
    heard.answer = E.left(stop)
    return stop
  }
  const fillTexts: FillTexts = (wanted) => pipe(filling(wanted), TE.mapLeft(hear))
  const input: RunnableType['input'] = (config, run) => pipe(type.input(config, run), E.mapLeft(hear))
  const execute: RunnableType['execute'] = (config, run) => async () =>
    (heard.answer = await type.execute(config, { ...change(run), filled: run.filled })())
  return { type: { ...type, input, execute }, fillTexts, answer: () => heard.answer }
}

/** A run of these nodes with files on disk and its log in memory. */
export const startNodeRun = async (
  docx: DocxEngine,
  world: World,
): Promise<NodeRun & { readonly end: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'docg-run-'))
  const blobs = fileSystemBlobStore(join(folder, 'blobs'))
  const executionId = derivedId(ExecutionId, namespace, folder)
  const memory = runInMemory(executionId, organizationId)
  const send = sendTo(memory.log, organizationId)
  await send(execution, executionStream(executionId), {
    type: 'CreateExecution',
    execution_id: executionId,
    organization_id: organizationId,
    workflow_id: derivedId(WorkflowId, namespace, 'workflow'),
    workflow_name: 'Test',
    workflow_version: 1,
    workflow_revision: '0',
    trigger_type: 'manual',
    dry_run: false,
    until_phase: null,
    retry_of: null,
    plan: planOf(executionId, world.nodes),
    personal: { trigger_data: world.trigger },
  })
  await memory.send({ type: 'StartExecution' })
  if (world.connection !== undefined) {
    const { name, connectionType, config } = world.connection
    await send(connection, connectionStream(connectionId), {
      type: 'CreateConnection',
      connection_id: connectionId,
      organization_id: organizationId,
      name,
      connection_type: connectionType,
      personal: { config },
    })
  }

  let stored = 0
  const addTemplate = async (bytes: Uint8Array) => {
    const inspected = await docx.inspectTemplate(bytes)()
    if (E.isLeft(inspected)) throw new Error(inspected.left.tech)
    await blobs.put(inspected.right.cleaned?.bytes ?? bytes)()
    const content = contentOf(inspected.right, 'template.docx')
    const first = { template_id: templateId, organization_id: organizationId, name: 'A template' }
    await send(
      template,
      templateStream(templateId),
      stored === 0 ? { type: 'UploadTemplate', ...first, content } : { type: 'AddTemplateVersion', content },
    )
    stored += 1
  }
  for (const bytes of world.templates ?? []) await addTemplate(bytes)
  // What the checks before a run say: which versions it keeps to. What they find is not these tests' matter.
  await memory.send({
    type: 'RecordPreflight',
    round: 0,
    execution_id: executionId,
    at: new Date().toISOString(),
    duration_ms: 0,
    input_hash: '',
    workflow_version: 1,
    workflow_revision: '0',
    templates: stored === 0 ? [] : [{ template_id: templateId, version: stored }],
    nodes: [],
    blocking_count: 0,
    warning_count: 0,
    personal: { findings: [] },
  })

  const threads = nodeThreads({ threads: 1 })
  const worker = (): Attempting => ({
    services: {
      blobs,
      docx,
      secrets: { get: () => TE.of(E.right(world.secret)), renew: () => TE.of(E.right(world.secret)) },
      outgoing: { allowPrivateAddresses: true, fileRoot: undefined, ...world.policy },
      mailer: undefined,
      smtp: oneEach,
    },
    checks: checksIn(threads),
    probes: nobodyAsked,
    fillTexts: fillingIn(threads),
    author: randomUUID(),
    now: () => new Date().toISOString(),
    onCancel: () => () => undefined,
  })

  return {
    memory,
    blobs,
    addTemplate,
    step: async (position, change = (run) => run) => {
      const { node_type, config } = world.nodes[position - 1]!
      const decoded = typeOf(node_type).decode(config)
      if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
      const deps = worker()
      const run = right(await openRun(memory.log, deps.author)(executionId)())
      const { type, fillTexts, answer } = overheard(typeOf(node_type), deps.fillTexts, change)
      const catalog = catalogOf(memory.log)(organizationId)
      const stop = await attempt(
        { ...deps, fillTexts },
        catalog,
        type,
        decoded.right,
        run,
        run.state().steps[position - 1]!,
      )()
      right(await run.commit())
      return answer() ?? E.left(E.isLeft(stop) ? stop.left : { _tag: 'LookAgain' })
    },
    end: async () => {
      await threads.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
