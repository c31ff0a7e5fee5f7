import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/Either'
import { createParser } from 'eventsource-parser'
import { Client } from 'pg'
import { commandHandler } from '../src/domain/command-handler'
import { execution, executionStream } from '../src/domain/execution'
import type { ExecutionCommand } from '../src/domain/execution/commands'
import {
  CommandId,
  CorrelationId,
  derivedId,
  ExecutionId,
  NodeId,
  OrganizationId,
  stepIdOf,
  type WorkflowId,
} from '../src/domain/ids'
import { esdbEventStore } from '../src/stores/events/esdb'
import type { Product } from '../test/support/product'
import { type Spread, spread } from './spread'

const stepsOf = (id: ExecutionId) =>
  Array.from({ length: 5 }, (_, i) => {
    const node_id = derivedId(NodeId, id, String(i))
    const step_id = stepIdOf(id, node_id)
    return { step_id, node_id, position: i + 1, node_type: 'manual', label: `Step ${i + 1}`, phase: 'trigger' as const }
  })

/** What a run hears after its creation; each makes events that a viewer sees. */
const storyOf = (id: ExecutionId): ReadonlyArray<ExecutionCommand> => [
  { type: 'StartExecution' },
  ...stepsOf(id).flatMap(({ step_id }): ReadonlyArray<ExecutionCommand> => [
    { type: 'StartStep', step_id, data_in: {} },
    { type: 'CompleteStep', step_id, output: {}, personal: { output: {} } },
  ]),
]

type Lags = { readonly row: Spread; readonly frame: Spread; readonly perSecond: number }

/**
 * Appends at `rate` events a second, spread over runs that are each watched by one viewer, and takes the times from the call of append until the row
 * can be read and until the viewer has the frame. The worker must not be running: it would do the runs' work.
 */
export const liveLags = async (product: Product, rate: number, seconds: number): Promise<Lags> => {
  const { demo } = product
  const store = esdbEventStore({ url: product.eventStoreUrl })
  const database = new Client({ connectionString: product.databaseUrl })
  await database.connect()
  const organization = OrganizationId.encode(demo.organization_id as OrganizationId) as OrganizationId
  const give = async (id: ExecutionId, command: ExecutionCommand, n: number): Promise<bigint> => {
    const commandId = derivedId(CommandId, id, String(n))
    const handled = await commandHandler(store)(execution)(executionStream(id), command, {
      commandId,
      commandHash: '',
      correlationId: derivedId(CorrelationId, id, 'correlation'),
      causationId: commandId,
      actor: { type: 'system', id: 'bench' },
      organization,
    })()
    if (E.isLeft(handled)) throw new Error(handled.left._tag)
    return handled.right.revision
  }
  const create = async (): Promise<ExecutionId> => {
    const id = derivedId(ExecutionId, randomUUID(), 'bench')
    await give(
      id,
      {
        type: 'CreateExecution',
        execution_id: id,
        organization_id: organization,
        workflow_id: demo.workflow_id as WorkflowId,
        workflow_name: 'bench',
        workflow_version: 1,
        workflow_revision: '0',
        trigger_type: 'manual',
        plan: stepsOf(id),
        personal: { trigger_data: {} },
      },
      0,
    )
    return id
  }

  const story = storyOf(derivedId(ExecutionId, randomUUID(), 'length'))
  const runs = await Promise.all(Array.from({ length: Math.ceil((rate * seconds) / story.length) }, create))
  const frames = new Map<string, number>()
  const stop = new AbortController()
  const watch = async (id: ExecutionId): Promise<void> => {
    const response = await fetch(`${demo.url}/api/v1/sse/executions/${id}/stream`, {
      headers: { authorization: `Bearer ${demo.api_key}`, 'x-organization-id': demo.organization_id },
      signal: stop.signal,
    })
    const parser = createParser({
      onEvent: ({ id: frame }) => {
        const key = `${id} ${frame?.split('-')[0] ?? ''}`
        if (!frames.has(key)) frames.set(key, performance.now())
      },
    })
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) parser.feed(chunk)
  }
  const watching = runs.map((id) => watch(id).catch(() => undefined))
  while (runs.some((id) => !frames.has(`${id} 1`))) await pause(20)

  const began: { readonly id: ExecutionId; readonly revision: bigint; readonly at: number }[] = []
  const rowTimes: number[] = []
  let waiting: { readonly id: ExecutionId; readonly revision: bigint; readonly at: number }[] = []
  let appending = true
  const readRows = async (): Promise<void> => {
    while (appending || waiting.length > 0) {
      const asked = waiting
      if (asked.length > 0) {
        const { rows } = await database.query<{ readonly id: string; readonly revision: string }>(
          'SELECT id, revision FROM workflow_executions WHERE id = ANY ($1)',
          [asked.map(({ id }) => id)],
        )
        const now = performance.now()
        const seen = new Map(rows.map(({ id, revision }) => [id, BigInt(revision)]))
        const isSeen = ({ id, revision }: (typeof asked)[number]) => (seen.get(id) ?? -1n) >= revision
        rowTimes.push(...asked.filter(isSeen).map(({ at }) => now - at))
        waiting = waiting.filter((each) => !asked.includes(each) || !isSeen(each))
      }
      await pause(2)
    }
  }
  const reading = readRows()
  const start = performance.now()
  const given = Array.from({ length: story.length }, (_, n) => runs.map((id) => ({ id, n }))).flat()
  await Promise.all(
    given.map(async ({ id, n }, i) => {
      await pause(start + (i * 1000) / rate - performance.now())
      const at = performance.now()
      const command = storyOf(id)[n]
      if (command === undefined) return
      const revision = await give(id, command, n + 1)
      began.push({ id, revision, at })
      waiting.push({ id, revision, at })
    }),
  )
  const perSecond = (1000 * given.length) / (performance.now() - start)
  appending = false
  await reading
  const end = performance.now() + 10_000
  const frameOf = ({ id, revision }: (typeof began)[number]) => frames.get(`${id} ${revision + 1n}`)
  while (began.some((each) => frameOf(each) === undefined) && performance.now() < end) await pause(20)
  stop.abort()
  await Promise.all(watching)
  await database.end()
  await store.close()
  return {
    row: spread(rowTimes),
    frame: spread(began.flatMap((each) => (frameOf(each) === undefined ? [] : [(frameOf(each) ?? 0) - each.at]))),
    perSecond,
  }
}
