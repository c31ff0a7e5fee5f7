import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { Runtime } from '@temporalio/worker'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import knex, { type Knex } from 'knex'
import type { Consuming } from '../../src/consumers/consumer'
import { postgresCheckpoint } from '../../src/consumers/postgres-checkpoint'
import type { EventStore } from '../../src/domain/event-store'
import { executionStream } from '../../src/domain/execution'
import type { ExecutionId } from '../../src/domain/ids'
import { comparePositions } from '../../src/domain/position'
import { type Stack, startStack } from '../../src/embedded/stack'
import { migrate } from '../../src/projections/migrate'
import { esdbEventStore } from '../../src/stores/events/esdb'
import type { ExecutionActivities } from '../../src/workflow/execution/activities'
import type { StepOutcome } from '../../src/workflow/execution/after-stop'
import { reacting } from '../../src/workflow/reacting'
import { isTemporalAway, temporalConnection, temporalEngine, temporalTrouble } from '../../src/workflow/temporal-engine'
import { temporalWorker } from '../../src/workflow/temporal-worker'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy'
import { until } from '../support/until'
import { stageRun } from './execution/stage'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('from the log to Temporal', () => {
  let dataDir: string
  let stack: Stack<'postgres' | 'eventStore' | 'temporal'>
  let store: EventStore
  let database: Knex
  let proxy: FaultProxy
  let connection: Connection
  let client: Client
  before(async function () {
    this.timeout(120_000)
    Runtime.install({
      shutdownSignals: [],
      logger: { ...silent, log: () => undefined, trace: () => undefined, debug: () => undefined },
    })
    dataDir = await mkdtemp(join(tmpdir(), 'docg-temporal-'))
    stack = await startStack({ dataDir, env: process.env, only: ['postgres', 'eventStore', 'temporal'] })
    store = esdbEventStore({ url: stack.eventStore.url })
    database = knex({ client: 'pg', connection: stack.postgres.url, pool: { min: 0, max: 4 } })
    await migrate(database)
    const [host = '', port = ''] = stack.temporal.address.split(':')
    proxy = await startFaultProxy({ host, port: Number(port) })
    connection = await Connection.connect({ address: stack.temporal.address })
    client = new Client({ connection })
  })
  after(async function () {
    this.timeout(60_000)
    await connection.close()
    await proxy.stop()
    await database.destroy()
    await store.close()
    await stack.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const workflowOf = (id: ExecutionId) => client.workflow.getHandle(executionStream(id))
  const started = async (id: ExecutionId) => (await workflowOf(id).describe()).runId

  describe('the reactor', () => {
    const taskQueue = 'nobody'
    let running: Array<{ readonly reactor: Consuming; readonly stop: () => Promise<void> }> = []
    afterEach(async () => {
      for (const { stop } of running) await stop()
      running = []
      await proxy.set('pass')
    })

    const react = () => {
      const over = new AbortController()
      const toTemporal = temporalConnection(`127.0.0.1:${proxy.port}`)
      const engine = temporalEngine(new Client({ connection: toTemporal }), taskQueue)
      const checkpoint = postgresCheckpoint(database, 'reactor', 1)
      const reactor = reacting({ store, log: silent, signal: over.signal }, checkpoint, engine, isTemporalAway)
      const stop = async () => {
        over.abort()
        await reactor.done
        await toTemporal.close()
      }
      running.push({ reactor, stop })
      return { reactor, stop }
    }
    /** Until it has dealt with all that the log holds now. */
    const caughtUp = async (reactor: Consuming) => {
      const tail = await store.tail()
      if (E.isLeft(tail) || tail.right === undefined) throw new Error('the log has no end')
      const wanted = tail.right
      await until(() => {
        const { position } = reactor.health()
        return position !== undefined && comparePositions(position, wanted) >= 0
      }, 30_000)
    }

    it('starts one workflow for each run, under the name of its stream', async () => {
      const runs = [await stageRun(store, ['test']), await stageRun(store, ['test'])]
      await caughtUp(react().reactor)
      for (const { id } of runs) {
        const described = await workflowOf(id).describe()
        expect([described.type, described.taskQueue]).to.deep.equal(['runExecution', taskQueue])
      }
    })

    it('starts none again when its checkpoint is lost, nor when the workflow has ended', async () => {
      const runs = [await stageRun(store, ['test']), await stageRun(store, ['test'])]
      const { reactor, stop } = react()
      await caughtUp(reactor)
      await stop()
      const before = await Promise.all(runs.map(({ id }) => started(id)))
      await workflowOf(runs[0]!.id).terminate()
      await database('checkpoints').where({ name: 'reactor' }).delete()
      const again = react()
      await caughtUp(again.reactor)
      expect(await Promise.all(runs.map(({ id }) => started(id)))).to.deep.equal(before)
      await until(() => again.reactor.health().state === 'live')
    })

    for (const fault of ['refuse', 'stall'] as const)
      it(`waits while Temporal is away (${fault}), and loses nothing`, async () => {
        const { reactor } = react()
        await proxy.set(fault)
        const { id } = await stageRun(store, ['test'])
        await until(() => reactor.health().reason?.startsWith('trying again') === true, 30_000)
        await proxy.set('pass')
        await caughtUp(reactor)
        expect(await started(id)).to.be.a('string')
      }).timeout(90_000)
  })

  it('says that Temporal does not answer, with nothing to start', async () => {
    const over = new AbortController()
    const toTemporal = temporalConnection(`127.0.0.1:${proxy.port}`)
    const trouble = temporalTrouble(toTemporal, 'default', over.signal)
    for (const fault of ['stall', 'refuse'] as const) {
      await proxy.set(fault)
      await until(() => trouble() === 'Temporal does not answer', 30_000)
      await proxy.set('pass')
      await until(() => trouble() === undefined, 30_000)
    }
    over.abort()
    await toTemporal.close()
  }).timeout(90_000)

  describe('a run’s workflow', () => {
    type Asked = { readonly step: string; readonly answer: (outcome: StepOutcome) => void }
    const taskQueue = `scripted-${randomUUID()}`
    const over = new AbortController()
    let worker: Awaited<ReturnType<typeof temporalWorker>>
    /** Steps that were asked for and not answered yet, by run. */
    const asked = new Map<string, Asked>()
    const completed = new Set<string>()
    const activities: ExecutionActivities = {
      beginExecution: () => Promise.resolve(['one', 'two']),
      runStep: (execution, step) =>
        new Promise((answer) => {
          asked.set(execution, { step, answer })
        }),
      completeExecution: (execution) => {
        completed.add(execution)
        return Promise.resolve()
      },
    }
    before(async function () {
      this.timeout(60_000)
      const temporal = { address: stack.temporal.address, namespace: 'default', taskQueue }
      worker = await temporalWorker(temporal, activities, 4, over.signal)
    })
    after(() => worker.shutdown())

    const begin = async () => {
      const engine = temporalEngine(client, taskQueue)
      const { id } = await stageRun(store, ['test'])
      const name = executionStream(id)
      await engine.start(name, id)
      return {
        name,
        engine,
        ended: () => workflowOf(id).result(),
        isCompleted: () => completed.has(id),
        asks: async (step: string) => {
          await until(() => asked.get(id)?.step === step)
          const { answer } = asked.get(id)!
          asked.delete(id)
          return answer
        },
      }
    }

    it('takes the steps in order, and completes', async () => {
      const run = await begin()
      ;(await run.asks('one'))('completed')
      expect(run.isCompleted()).to.equal(false)
      ;(await run.asks('two'))('completed')
      await run.ended()
      expect(run.isCompleted()).to.equal(true)
    })

    it('ends after a step that failed', async () => {
      const run = await begin()
      ;(await run.asks('one'))('failed')
      await run.ended()
      expect(run.isCompleted()).to.equal(false)
    })

    it('waits for a person, and asks for the same step again', async () => {
      const run = await begin()
      ;(await run.asks('one'))('needs_review')
      await run.engine.resume(run.name)
      ;(await run.asks('one'))('needs_review')
      await run.engine.resume(run.name)
      ;(await run.asks('one'))('completed')
      ;(await run.asks('two'))('completed')
      await run.ended()
    })

    it('hears a person who was quicker than the step', async () => {
      const run = await begin()
      const answer = await run.asks('one')
      await run.engine.resume(run.name)
      answer('needs_review')
      ;(await run.asks('one'))('completed')
      ;(await run.asks('two'))('failed')
      await run.ended()
    })

    it('needs no signal any more when it has ended, and is not started twice', async () => {
      const run = await begin()
      ;(await run.asks('one'))('failed')
      await run.ended()
      await run.engine.resume(run.name)
      const { id } = await stageRun(store, ['test'])
      await run.engine.resume(executionStream(id))
    })
  })
})
