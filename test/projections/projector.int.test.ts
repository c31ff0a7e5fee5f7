import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import { type Batch, consume } from '../../src/consumers/consumer'
import { postgresCheckpoint } from '../../src/consumers/postgres-checkpoint'
import type { EventStore, NewEvent, Recorded } from '../../src/domain/event-store'
import { execution, type ExecutionEvent, executionStream } from '../../src/domain/execution'
import type { EventId, ExecutionId } from '../../src/domain/ids'
import { revision } from '../../src/domain/position'
import { auditOf } from '../../src/projections/audit/project'
import { executionQueries } from '../../src/projections/executions/queries'
import { rowsOf } from '../../src/projections/executions/rows-of'
import { executionsProjection } from '../../src/projections/executions/write'
import { consumerStatuses } from '../../src/projections/health/queries'
import { projectionConsumer } from '../../src/projections/projection'
import { esdbEventStore } from '../../src/stores/events/esdb'
import { eventMetadata, runEvents } from '../support/arbitraries'
import { type ReadSide, startReadSide } from '../support/read-side'
import * as run from '../support/runs'
import { until } from '../support/until'
import { type Projector, startProjector } from './projector'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const newExecution = (): ExecutionId => randomUUID() as ExecutionId

const newEvent = (event: { readonly type: string; readonly data: unknown }): NewEvent => ({
  ...(event as Pick<NewEvent, 'type' | 'data'>),
  id: randomUUID() as EventId,
  metadata: eventMetadata,
})

describe('the projections process', function () {
  this.timeout(120_000)
  let readSide: ReadSide
  let store: EventStore
  let knex: Knex
  let projectors: Projector[] = []
  let env: NodeJS.ProcessEnv

  before(async () => {
    readSide = await startReadSide(true)
    store = esdbEventStore({ url: readSide.eventStoreUrl })
  })
  after(async () => {
    await store.close()
    await readSide.stop()
  })
  beforeEach(async () => {
    const database = await readSide.database()
    knex = database.knex
    env = { DATABASE_URL: database.url, EVENTSTORE_URL: readSide.eventStoreUrl }
  })
  afterEach(async () => {
    await Promise.all(projectors.map((projector) => projector.kill9()))
    projectors = []
    await knex.destroy()
  })

  const start = (): Projector => {
    const projector = startProjector(env)
    projectors.push(projector)
    return projector
  }
  const append = async (of: ExecutionId, events: ReadonlyArray<ExecutionEvent>, from = 0): Promise<void> => {
    const [first, ...rest] = events.map(execution.codec.encode).map(newEvent)
    if (first === undefined) return
    const expected = from === 0 ? 'no_stream' : revision(BigInt(from - 1))
    const appended = await store.append(executionStream(of), expected, [first, ...rest])()
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left))
  }
  const historyOf = async (of: ExecutionId): Promise<ReadonlyArray<Recorded>> => {
    const read = await store.readStream(executionStream(of), { limit: 5_000 })()
    if (E.isLeft(read)) throw new Error(read.left._tag)
    return read.right
  }
  const reached = async (of: ExecutionId): Promise<void> => {
    const last = (await historyOf(of)).at(-1)!
    await until(
      async () =>
        (
          await executionQueries(knex)
            .get(run.organizationId, of)
            .catch(() => undefined)
        )?.revision === last.revision,
      40_000,
      () => projectors.map(({ output }) => output().slice(-2_000)).join('\n'),
    )
  }
  const auditReached = async (of: ExecutionId): Promise<void> => {
    const wanted = (await historyOf(of)).flatMap(auditOf).length
    await until(
      async () => ((await knex('audit_events').where({ execution_id: of })) as ReadonlyArray<unknown>).length >= wanted,
      40_000,
    )
  }
  /** The rows of a run are those of a fold of its stream, and the audit trail too. */
  const expectEqual = async (of: ExecutionId): Promise<void> => {
    await reached(of)
    await auditReached(of)
    const history = await historyOf(of)
    const rows = rowsOf(history)!
    const { get, steps, logs } = executionQueries(knex)
    expect(await get(run.organizationId, of)).to.deep.equal(rows.execution)
    expect(await steps(run.organizationId, of)).to.deep.equal(rows.steps)
    const lines = await logs(run.organizationId, of, {}, { limit: 1_000 })
    expect(E.isRight(lines) && lines.right.items).to.deep.equal(rows.logs)
    const trail = (await knex('audit_events').where({ execution_id: of }).orderBy('id')) as ReadonlyArray<{
      readonly id: string
    }>
    expect(trail.map(({ id }) => id)).to.deep.equal(
      history
        .flatMap(auditOf)
        .map(({ id }) => id)
        .sort(),
    )
  }
  const story = (of: ExecutionId) => fc.sample(runEvents(of), 1)[0]!
  /** Holds every writer of runs in the middle of its transaction until released. */
  const blockWriters = async () => {
    const tx = await knex.transaction()
    await tx.raw('LOCK TABLE execution_logs IN SHARE ROW EXCLUSIVE MODE')
    return { release: () => tx.rollback().catch(() => undefined) }
  }
  /** What a server does with the statement of a client whose end it has noticed. */
  const endWriters = () =>
    knex.raw(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'WITH moved%'`,
    )
  const writerWaits = () =>
    until(async () => {
      const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<unknown> }>(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'WITH moved%'`,
      )
      return rows.length > 0
    }, 20_000)

  it('makes rows equal to a fold of the log through kill -9 at any moment', async () => {
    const runs = Array.from({ length: 12 }, newExecution)
    const stories = new Map(runs.map((of) => [of, story(of)]))
    const appending = (async () => {
      for (const [of, events] of stories) for (const [i, event] of events.entries()) await append(of, [event], i)
    })()
    const { position } = executionQueries(knex)
    for (let kills = 0; kills < 2; kills++) {
      const before = await position()
      const projector = start()
      await until(async () => (await position())?.commit !== before?.commit, 40_000)
      await projector.kill9()
    }
    await appending
    start()
    for (const of of runs) await expectEqual(of)
  })

  it('does the batch again when killed before its commit', async () => {
    const of = newExecution()
    await append(
      of,
      run.sending.map((event) => retold(event, of)),
    )
    const blocked = await blockWriters()
    const projector = start()
    await writerWaits()
    await projector.kill9()
    await endWriters()
    await blocked.release()
    expect(await executionQueries(knex).get(run.organizationId, of)).to.equal(undefined)
    expect(await executionQueries(knex).position()).to.equal(undefined)
    start()
    await expectEqual(of)
  })

  it('does nothing twice when killed after its commit', async () => {
    const of = newExecution()
    const events = story(of)
    await append(of, events)
    const projector = start()
    await reached(of)
    await projector.kill9()
    const position = await executionQueries(knex).position()
    expect(position).not.to.equal(undefined)
    start()
    const next = newExecution()
    await append(next, story(next))
    await expectEqual(next)
    await expectEqual(of)
  })

  it('goes on by itself when PostgreSQL and the event store come back from kill -9 in the middle of a batch', async () => {
    const of = newExecution()
    await append(of, story(of))
    const blocked = await blockWriters()
    const projector = start()
    await writerWaits()
    await readSide.postgres.kill9()
    await blocked.release()
    await readSide.postgres.restart()
    await expectEqual(of)
    const next = newExecution()
    await append(next, story(next))
    await expectEqual(next)
    expect(projector.exited()).to.equal(false)
  })

  const projecting = (signal: AbortSignal) =>
    consume({ store, log: quiet, signal }, projectionConsumer({ knex, store }, executionsProjection))

  it('reads a stream again whose first events it never saw', async () => {
    const of = newExecution()
    await append(
      of,
      run.sending.map((event) => retold(event, of)),
    )
    const history = await historyOf(of)
    const { commit, prepare } = history[3]!.position
    const at = { commit_position: String(commit), prepare_position: String(prepare) }
    await knex('checkpoints').insert({ name: 'executions', version: 1, epoch: 1, ...at })
    const stop = new AbortController()
    const { done } = projecting(stop.signal)
    await reached(of).finally(() => stop.abort())
    await done
    const { steps, get } = executionQueries(knex)
    const rows = rowsOf(history)
    expect(await get(run.organizationId, of)).to.deep.equal(rows?.execution)
    expect(await steps(run.organizationId, of)).to.deep.equal(rows?.steps)
  })

  describe('with two instances', () => {
    const states = async () => {
      const all = await consumerStatuses(knex)
      return all.filter(({ name, state }) => name === 'executions' && state !== 'silent').map(({ state }) => state)
    }
    const arranged = (wanted: ReadonlyArray<string>) =>
      until(
        async () => JSON.stringify([...(await states())].sort()) === JSON.stringify(wanted),
        30_000,
        () => projectors.map(({ output }) => output().slice(-2_000)).join('\n'),
      )
    const two = async (): Promise<readonly [Projector, Projector]> => {
      const elder = start()
      await arranged(['live'])
      const younger = start()
      await arranged(['live', 'standby'])
      return [elder, younger]
    }
    const projects = async (): Promise<void> => {
      const of = newExecution()
      await append(of, story(of))
      await expectEqual(of)
    }

    for (const [how, end] of [
      ['is stopped', (projector: Projector) => projector.terminate()],
      ['is killed', (projector: Projector) => projector.kill9()],
    ] as const)
      it(`goes on with the other when either ${how}`, async () => {
        const [elder, younger] = await two()
        await projects()
        await end(elder)
        await projects()
        start()
        await arranged(['live', 'standby'])
        await end(younger)
        await projects()
        start()
        await arranged(['live', 'standby'])
      })

    it('goes on with the other when one is paused, which writes nothing more when it wakes, and takes over in its turn', async () => {
      const [elder, younger] = await two()
      const of = newExecution()
      await append(of, story(of))
      const blocked = await blockWriters()
      const next = newExecution()
      await append(next, story(next))
      await writerWaits()
      process.kill(elder.pid, 'SIGSTOP')
      await blocked.release()
      await expectEqual(of)
      await expectEqual(next)
      await projects()
      process.kill(elder.pid, 'SIGCONT')
      await arranged(['live', 'standby'])
      await projects()
      await younger.kill9()
      await projects()
      expect(elder.exited()).to.equal(false)
    })

    it('hands over without waiting for the lease to run out when one is stopped in good order', async () => {
      const stops = [new AbortController(), new AbortController()]
      const [first, second] = stops.map(({ signal }) => {
        const checkpoint = postgresCheckpoint(knex, 'unhurried', 1, 600_000)
        const apply = ({ position }: Batch) => checkpoint.saveWith(position, [])
        return consume({ store, log: quiet, signal }, { name: 'unhurried', prefixes: [], lease: checkpoint, apply })
      })
      await until(() => [first, second].some((consuming) => consuming?.health().state === 'live'), 20_000)
      const holder = first?.health().state === 'live' ? 0 : 1
      const other = holder === 0 ? second : first
      await until(() => other?.health().state === 'standby')
      stops[holder]?.abort()
      await until(() => other?.health().state === 'live', 20_000)
      stops[1 - holder]?.abort()
      await Promise.all([first?.done, second?.done])
    })
  })

  /** After the others: what it leaves in the log halts every reader that comes by. */
  describe('at the end', () => {
    it('halts at an unknown event type, says which and why, and lets the others go on', async () => {
      const [of, next] = [newExecution(), newExecution()]
      await append(of, [retold(run.created, of)])
      const stream = executionStream(of)
      const odd = newEvent({ type: 'ExecutionPondered', data: {} })
      await store.append(stream, revision(0n), [odd])()
      const projector = start()
      await until(async () => (await consumerStatuses(knex)).some(({ state }) => state === 'halted'), 20_000)
      await until(async () => {
        const statuses = await consumerStatuses(knex)
        const stateOf = (name: string) => statuses.find((status) => status.name === name)
        return (
          stateOf('executions')?.state === 'halted' &&
          stateOf('audit')?.state === 'halted' &&
          stateOf('catalog')?.state === 'live'
        )
      }, 20_000)
      const { reason } = (await consumerStatuses(knex)).find(({ name }) => name === 'executions')!
      expect(reason).to.equal(`event 1 of ${stream}, ExecutionPondered, cannot be read: unknown event type`)
      await append(next, story(next))
      expect(await executionQueries(knex).get(run.organizationId, next)).to.equal(undefined)
      expect(await projector.terminate()).to.equal(0)
    })

    it('ends with 0 on SIGTERM, and prints every fault of its configuration', async () => {
      const projector = start()
      await until(() => projector.output().includes('ready'), 20_000)
      expect(await projector.terminate()).to.equal(0)
      env = { REDIS_STREAM_TTL: 'soon' }
      const faulty = start()
      await until(() => faulty.exited(), 20_000)
      expect(faulty.output()).to.include('DATABASE_URL').and.include('EVENTSTORE_URL').and.include('REDIS_STREAM_TTL')
    })
  })
})

/** The same event of another run. */
const retold = (event: ExecutionEvent, of: ExecutionId): ExecutionEvent => {
  const others = run.planOf(of)
  const swaps: ReadonlyArray<readonly [string, string]> = [
    [run.executionId, of],
    ...run.planOf().map(({ step_id }, i) => [step_id, others[i]?.step_id ?? step_id] as const),
  ]
  const text = swaps.reduce((json, [from, to]) => json.replaceAll(from, to), JSON.stringify(event))
  return JSON.parse(text) as ExecutionEvent
}
