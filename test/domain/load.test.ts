import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { ReadonlyNonEmptyArray } from 'fp-ts/ReadonlyNonEmptyArray'
import { newEvents } from '../../src/domain/command-handler'
import { connection, connectionStream } from '../../src/domain/connection'
import type { Aggregate } from '../../src/domain/decider'
import type { DomainEvent } from '../../src/domain/domain-event'
import type { EventStore, NewEvent, Recorded, StreamName } from '../../src/domain/event-store'
import { ConnectionId, derivedId, TemplateId } from '../../src/domain/ids'
import { foldRecorded, load } from '../../src/domain/load'
import { revision } from '../../src/domain/position'
import { template, templateStream } from '../../src/domain/template'
import { workflowDefinition, workflowDefinitionStream } from '../../src/domain/workflow-definition'
import { bytesOfEvent } from '../../src/stores/events/rough-bytes'
import * as definitions from '../support/definitions'
import { type LogInMemory, logInMemory } from '../support/run-in-memory'
import { organizationId } from '../support/runs'
import { contextOf, right } from '../support/send'

const { workflowId, revise } = definitions
const templateId = derivedId(TemplateId, organizationId, 'template')
const connectionId = derivedId(ConnectionId, organizationId, 'connection')

/** A log with what these commands make of a stream. `old`: whether each event in turn is one of a program that did not say what it kept. */
const written = async <State, Command, Event extends DomainEvent, Refusal>(
  aggregate: Aggregate<State, Command, Event, Refusal>,
  stream: StreamName,
  commands: ReadonlyArray<Command>,
  old: (index: number) => boolean = () => false,
): Promise<LogInMemory> => {
  const log = logInMemory()
  let state = aggregate.initialState
  const events = commands.flatMap((command) =>
    pipe(
      aggregate.decide(command)(state),
      E.match(
        () => [],
        (decided) => {
          state = decided.reduce(aggregate.evolve, state)
          return newEvents(aggregate.codec, contextOf(organizationId), stream)(decided)
        },
      ),
    ),
  )
  const inLog = events.map((event, index) => (old(index) ? definitions.withoutKept(event) : event))
  if (inLog.length > 0)
    right(await log.append(stream, 'no_stream', inLog as unknown as ReadonlyNonEmptyArray<NewEvent>)())
  return log
}

/** With what each read gave. */
const watched = (log: Pick<EventStore, 'readStream'>) => {
  const reads: Array<ReadonlyArray<Recorded>> = []
  const readStream: EventStore['readStream'] = (stream, slice) => async () => {
    const read = await log.readStream(stream, slice)()
    if (E.isRight(read)) reads.push(read.right)
    return read
  }
  return { readStream, reads }
}

const expectSameAtEveryRevision = async <State, Command, Event extends DomainEvent, Refusal>(
  aggregate: Aggregate<State, Command, Event, Refusal>,
  stream: StreamName,
  log: LogInMemory,
): Promise<void> => {
  const history = log.stream(stream)
  const whole = (count: number) => right(foldRecorded(aggregate)(history.slice(0, count)))
  const newest = right(await load(log)(aggregate)(stream)())
  expect(newest.state).to.deep.equal(whole(history.length))
  expect(newest.history.at(-1)?.revision).to.equal(history.at(-1)?.revision)
  for (const { revision } of history) {
    const at = right(await load(log)(aggregate)(stream, revision)())
    expect(at.state, `at ${revision}`).to.deep.equal(whole(Number(revision) + 1))
    expect(at.history.at(-1)?.revision).to.equal(revision)
  }
}

const sizes = fc.constantFrom(1, 1, 1, 30_000, 70_000, 400_000)
const oldness = fc.oneof(
  fc.nat(30).map((first) => (index: number) => index < first),
  fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }).map((old) => (index: number) => old[index % 30] === true),
)

describe('a state that is read back to the newest whole event', () => {
  it('is that of the whole history, for workflows', async function () {
    this.timeout(60_000)
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 6, arbitrary: fc.tuple(sizes, fc.boolean()).map(([size, hook]) => revise(size, hook)) },
            { weight: 2, arbitrary: definitions.anyActivation },
            { weight: 1, arbitrary: fc.constant({ type: 'ArchiveWorkflow' as const }) },
          ),
          { maxLength: 20 },
        ),
        fc.boolean(),
        oldness,
        async (commands, hook, old) => {
          const stream = workflowDefinitionStream(workflowId)
          const all = [definitions.define(hook), ...commands]
          const log = await written(workflowDefinition, stream, all, old)
          await expectSameAtEveryRevision(workflowDefinition, stream, log)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is that of the whole history, for templates', async function () {
    this.timeout(60_000)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), sizes), { maxLength: 20 }), oldness, async (versions, old) => {
        const stream = templateStream(templateId)
        const all = [
          definitions.upload(templateId),
          ...versions.map(([sha, size]) => definitions.addVersion(String(sha), size)),
        ]
        const log = await written(template, stream, all, old)
        await expectSameAtEveryRevision(template, stream, log)
      }),
      { numRuns: 60 },
    )
  })

  it('is that of the whole history, for connections', async () => {
    const stream = connectionStream(connectionId)
    const command = {
      type: 'CreateConnection' as const,
      connection_id: connectionId,
      organization_id: organizationId,
      name: 'Mail',
      connection_type: 'smtp',
      personal: { config: { host: 'mail.example.com' } },
    }
    await expectSameAtEveryRevision(connection, stream, await written(connection, stream, []))
    await expectSameAtEveryRevision(connection, stream, await written(connection, stream, [command, command]))
  })

  const long = (count: number, size: number, old = false) =>
    written(
      workflowDefinition,
      workflowDefinitionStream(workflowId),
      [definitions.define(false), ...Array.from({ length: count }, () => revise(size, false))],
      () => old,
    )

  it('takes one read of at most 8 events, however long the stream', async () => {
    const log = watched(await long(5_100, 1))
    const { state, history } = right(await load(log)(workflowDefinition)(workflowDefinitionStream(workflowId))())
    expect(state).to.include({ version: 5_101 })
    expect(history.at(-1)?.revision).to.equal(5_100n)
    const at = await load(log)(workflowDefinition)(workflowDefinitionStream(workflowId), revision(2_500n))()
    expect(right(at).state).to.include({ version: 2_501 })
    expect(log.reads.map(({ length }) => length)).to.deep.equal([8, 8])
  })

  it('takes one event when that is large', async () => {
    const log = watched(await long(20, 100_000))
    right(await load(log)(workflowDefinition)(workflowDefinitionStream(workflowId))())
    expect(log.reads.map(({ length }) => length)).to.deep.equal([1])
  })

  it('takes pages of 1 MiB and one event while none of its events is whole, and one read after the next', async function () {
    this.timeout(30_000)
    const log = await long(40, 300_000, true)
    const old = watched(log)
    const stream = workflowDefinitionStream(workflowId)
    const loaded = right(await load(old)(workflowDefinition)(stream)())
    expect(loaded.state).to.include({ version: 41 })
    expect(loaded.history.map((trace) => trace.revision)).to.deep.equal(Array.from({ length: 41 }, (_, n) => BigInt(n)))
    expect(Object.keys(loaded.history[7] ?? {})).to.not.include('data')
    const heaviest = Math.max(...old.reads.map((read) => read.reduce((sum, event) => sum + bytesOfEvent(event), 0)))
    expect(heaviest).to.be.within(1_048_576, 1_048_576 + 310_000)
    const next = right(workflowDefinition.decide(revise(1, false))(loaded.state))
    const fresh = newEvents(workflowDefinition.codec, contextOf(organizationId), stream)(next)
    right(await log.append(stream, revision(40n), fresh as ReadonlyNonEmptyArray<NewEvent>)())
    const now = watched(log)
    expect(right(await load(now)(workflowDefinition)(stream)()).state).to.include({ version: 42 })
    expect(now.reads).to.have.length(1)
  })

  it('was read of logs that had grown too long to be read at all', async () => {
    const log = await long(5_000, 1, true)
    const { state } = right(await load(log)(workflowDefinition)(workflowDefinitionStream(workflowId))())
    expect(state).to.include({ version: 5_001 })
  })
})
