import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { newEvents } from '../../src/domain/command-handler'
import type { Aggregate } from '../../src/domain/decider'
import type { DomainEvent } from '../../src/domain/domain-event'
import type { NewEvent, Recorded, StreamName } from '../../src/domain/event-store'
import { derivedId, TemplateId } from '../../src/domain/ids'
import { revision } from '../../src/domain/position'
import { template, type TemplateCommand, templateStream } from '../../src/domain/template'
import {
  workflowDefinition,
  type WorkflowDefinitionCommand,
  workflowDefinitionStream,
} from '../../src/domain/workflow-definition'
import { catalogRows, projectCatalog } from '../../src/projections/catalog/project'
import type { TemplateVersionRow } from '../../src/projections/catalog/rows'
import type { CatalogView } from '../../src/projections/catalog/view'
import { foldBatch } from '../../src/projections/fold-batch'
import type { Folded, History } from '../../src/projections/folding'
import { views } from '../../src/projections/views'
import { anyDelivery } from '../support/arbitraries'
import { addVersion, anyActivation, define, revise, upload, withoutKept, workflowId } from '../support/definitions'
import { logInMemory } from '../support/run-in-memory'
import { organizationId } from '../support/runs'
import { contextOf, right } from '../support/send'

const templateId = derivedId(TemplateId, organizationId, 'template')
const streams = [workflowDefinitionStream(workflowId), templateStream(templateId)] as const

const second = (recorded: Recorded): Recorded => ({
  ...recorded,
  created: new Date(Number(recorded.position.commit) * 1_000),
})

/** A log in which each event came a second after the one before. */
const logOf = async (events: ReadonlyArray<readonly [StreamName, NewEvent]>) => {
  const log = logInMemory()
  for (const [stream, event] of events)
    right(await log.append(stream, log.stream(stream).at(-1)?.revision ?? 'no_stream', [event])())
  const all = streams.flatMap((stream) => log.stream(stream)).map(second)
  let read = 0
  const store: History = {
    readStream: (stream, slice) =>
      pipe(
        log.readStream(stream, slice),
        TE.map((found) => {
          read += found.length
          return found.map(second)
        }),
      ),
  }
  return { store, read: () => read, all: all.toSorted((a, b) => Number(a.position.commit - b.position.commit)) }
}

const eventsOf = <State, Command, Event extends DomainEvent, Refusal>(
  aggregate: Aggregate<State, Command, Event, Refusal>,
  stream: StreamName,
  commands: ReadonlyArray<Command>,
): ReadonlyArray<readonly [StreamName, NewEvent]> => {
  let state = aggregate.initialState
  return commands.flatMap((command) => {
    const decided = aggregate.decide(command)(state)
    if (E.isLeft(decided)) return []
    state = decided.right.reduce(aggregate.evolve, state)
    return newEvents(
      aggregate.codec,
      contextOf(organizationId),
      stream,
    )(decided.right).map((one) => [stream, one] as const)
  })
}

const workflowEvents = (commands: ReadonlyArray<WorkflowDefinitionCommand>) =>
  eventsOf(workflowDefinition, streams[0], [define(false), ...commands])
const templateEvents = (commands: ReadonlyArray<TemplateCommand>) =>
  eventsOf(template, streams[1], [upload(templateId), ...commands])

/** Tables with the guards of the statements that write the real ones. */
const tables = () => {
  const rows = new Map<string, { readonly revision: bigint }>()
  const versions = new Map<number, TemplateVersionRow>()
  return {
    write: (changes: ReadonlyArray<Folded<CatalogView, TemplateVersionRow>>) => {
      for (const row of Object.values(catalogRows(changes.map(({ view }) => view))).flat())
        if ((rows.get(row.id)?.revision ?? -1n) < row.revision) rows.set(row.id, row)
      for (const { facts } of changes)
        for (const fact of facts) if (!versions.has(fact.version)) versions.set(fact.version, fact)
    },
    all: () => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    versions: () => [...versions.values()].toSorted((a, b) => a.version - b.version),
  }
}

const none = { get: () => undefined }

const workflows = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom(1, 30_000), fc.boolean()).map(([bytes, hook]) => revise(bytes, hook)),
    anyActivation,
  ),
  { maxLength: 15 },
)
const templates = fc.array(fc.nat(5), { maxLength: 15 }).map((shas) => shas.map((sha) => addVersion(`${sha}`)))

const interleaved = fc
  .tuple(workflows, templates, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), fc.boolean())
  .map(([ofWorkflow, ofTemplate, picks, isOld]) => {
    const left = [[...workflowEvents(ofWorkflow)], [...templateEvents(ofTemplate)]]
    const events: Array<readonly [StreamName, NewEvent]> = []
    for (let i = 0; left.some(({ length }) => length > 0); i++) {
      const first = picks[i % picks.length] === true ? 0 : 1
      const next = left[first]?.shift() ?? left[1 - first]?.shift()
      if (next !== undefined) events.push(isOld ? [next[0], withoutKept(next[1])] : next)
    }
    return events
  })

const expectOneFold = async (
  { all, store }: Awaited<ReturnType<typeof logOf>>,
  written: ReturnType<typeof tables>,
): Promise<void> => {
  const once = tables()
  once.write([...(await foldBatch(store, projectCatalog, none, all)).values()])
  expect(written.all()).to.deep.equal(once.all())
  expect(written.versions()).to.deep.equal(once.versions())
}

describe('the catalog, cut into any batches', () => {
  it('has the rows of one fold, whatever is forgotten between the batches', () =>
    fc.assert(
      fc.asyncProperty(
        interleaved.chain((events) =>
          fc.tuple(
            fc.constant(events),
            anyDelivery(events.length),
            fc.array(fc.boolean(), { minLength: events.length, maxLength: events.length }),
          ),
        ),
        async ([events, windows, forgets]) => {
          const log = await logOf(events)
          const written = tables()
          const known = views<CatalogView>(100_000, () => 1)
          for (const [i, [from, to]] of windows.entries()) {
            const folded = await foldBatch(log.store, projectCatalog, known, log.all.slice(from, to))
            written.write([...folded.values()])
            for (const [stream, { view }] of folded) known.keep(stream, view)
            if (forgets[i] === true) known.clear()
          }
          await expectOneFold(log, written)
        },
      ),
      { numRuns: 80 },
    ))

  it('lacks no version that was missing within a batch', () =>
    fc.assert(
      fc.asyncProperty(templates, fc.nat(), async (commands, n) => {
        const log = await logOf(templateEvents(commands))
        const written = tables()
        const without = log.all.filter((_, i) => i === 0 || i === log.all.length - 1 || i !== n % log.all.length)
        written.write([...(await foldBatch(log.store, projectCatalog, none, without)).values()])
        await expectOneFold(log, written)
      }),
    ))

  it('lacks no version that was missing between what is known and the batch', async () => {
    const log = await logOf(templateEvents(Array.from({ length: 9 }, (_, n) => addVersion(`${n}`))))
    const written = tables()
    const known = views<CatalogView>(100_000, () => 1)
    for (const events of [log.all.slice(0, 3), log.all.slice(7)]) {
      const folded = await foldBatch(log.store, projectCatalog, known, events)
      written.write([...folded.values()])
      for (const [stream, { view }] of folded) known.keep(stream, view)
    }
    await expectOneFold(log, written)
  })

  it('reads a dozen events for the next one of a stream of thousands that it has forgotten', async () => {
    const commands = Array.from({ length: 3_000 }, (_, n) => revise(n, false))
    const log = await logOf(workflowEvents(commands))
    const [last] = [...(await foldBatch(log.store, projectCatalog, none, log.all.slice(-1))).values()]
    expect(last?.view).to.deep.include({ created_at: new Date(1_000), revision: revision(3_000n) })
    expect(log.read()).to.be.at.most(12)
  })
})
