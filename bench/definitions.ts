import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import * as RA from 'fp-ts/ReadonlyArray'
import { newEvents } from '../src/domain/command-handler'
import { CommandId, CorrelationId, derivedId, OrganizationId, WorkflowId } from '../src/domain/ids'
import { load } from '../src/domain/load'
import { revision } from '../src/domain/position'
import { type Workflow, workflowDefinition, workflowDefinitionStream } from '../src/domain/workflow-definition'
import { esdbEventStore } from '../src/stores/events/esdb'
import { clientOf } from '../test/support/client'
import type { Product } from '../test/support/product'
import { atMost, times } from './aim'
import { timesOf } from './in-flight'
import type { Part } from './part'
import { row, spreadOf } from './row'
import { spread } from './spread'

const [few, many] = [5, 5_000]
const perAppend = 250
/** Reads that are not counted: the first of a size are compiled while they run. */
const warmUp = 50

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

/** As they are sent: without what the product adds. */
const drawnOf = (nodes: unknown) =>
  (nodes as ReadonlyArray<Readonly<Record<string, unknown>>>).map(({ node_type, label, config }) => ({
    node_type,
    label,
    config,
  }))

const revised = (workflow: Workflow, count: number) => {
  let state: Workflow = workflow
  return Array.from({ length: count }, (_, n) => {
    const events = right(
      workflowDefinition.decide({
        type: 'ReviseWorkflow',
        name: `Change ${n}`,
        nodes: state.nodes,
        webhook_token_sha256: undefined,
      })(state),
    )
    state = events.reduce(workflowDefinition.evolve, state) as Workflow
    return events
  }).flat()
}

/** A workflow like the demo's, active, changed so often. */
const changedWorkflow = async ({ demo, eventStoreUrl, mailUrl }: Product, revisions: number): Promise<string> => {
  const client = clientOf({ demo, mailUrl })
  const { name, nodes } = await client.get(`/workflows/${demo.workflow_id}`)
  const drawn = drawnOf(nodes)
  const defined = await client.post('/workflows', { name, nodes: drawn })
  const { id } = (await defined.json()) as { readonly id: string }
  await client.post(`/workflows/${id}/activate`, {})
  const stream = workflowDefinitionStream(right(WorkflowId.decode(id)))
  const store = esdbEventStore({ url: eventStoreUrl })
  try {
    const { state } = right(await load(store)(workflowDefinition)(stream)())
    if (state.status === 'unknown') throw new Error('the workflow is not there')
    const context = () => {
      const commandId = derivedId(CommandId, randomUUID())
      return {
        commandId,
        commandHash: '',
        correlationId: derivedId(CorrelationId, commandId),
        causationId: commandId,
        actor: { type: 'system' as const, id: 'bench' },
        organization: right(OrganizationId.decode(demo.organization_id)),
      }
    }
    const events = revised(state, revisions - 2).flatMap((event) =>
      newEvents(workflowDefinition.codec, context(), stream)([event]),
    )
    let last = revision(1n)
    for (const batch of RA.chunksOf(perAppend)(events)) last = right(await store.append(stream, last, batch)()).revision
    return id
  } finally {
    await store.close()
  }
}

/** A definition that was changed a few times beside one that was changed thousands of times; read, a run of it begun, and changed again. */
export const definitions: Part = async ({ product, repeats, print }) => {
  const client = clientOf(product)
  const young = await changedWorkflow(product, few)
  const old = await changedWorkflow(product, many)
  const { nodes } = await client.get(`/workflows/${young}`)
  const drawn = drawnOf(nodes)
  const said = async (answer: Promise<Response>): Promise<void> => {
    const { ok, status } = await answer
    if (!ok) throw new Error(`answered ${status}`)
  }
  const works: ReadonlyArray<readonly [string, (id: string) => Promise<unknown>]> = [
    ['GET of a definition', (id) => client.get(`/workflows/${id}`)],
    [
      'start of a run',
      (id) => said(client.post(`/workflows/${id}/executions`, { trigger_data: product.demo.trigger_data })),
    ],
    [
      'PUT of a definition',
      (id) =>
        said(
          fetch(`${client.base}/workflows/${id}`, {
            method: 'PUT',
            headers: { ...client.headers, 'content-type': 'application/json', 'if-match': '*' },
            body: JSON.stringify({ name: 'Changed', nodes: drawn }),
          }),
        ),
    ],
  ]
  for (const [what, work] of works) {
    const timed: Record<string, number[]> = { [young]: [], [old]: [] }
    for (const id of [young, old]) await timesOf(repeats(warmUp), 1, () => work(id))
    for (let n = 0; n < repeats(200); n++)
      for (const id of [young, old]) timed[id]?.push(...(await timesOf(1, 1, () => work(id))))
    const [ofYoung, ofOld] = [spread(timed[young] ?? []), spread(timed[old] ?? [])]
    print(row(`${what}, ${few} revisions`, spreadOf(ofYoung)))
    print(row(`${what}, 5,000 revisions`, spreadOf(ofOld), atMost(ofOld.p50 / ofYoung.p50, 1.25, times)))
  }
}
