import { spawn } from 'node:child_process'
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
import type { Advanced } from '../../src/workflow/execution/advance'
import { openRuns } from '../../src/workflow/open-runs'
import { reacting } from '../../src/workflow/reacting'
import type { Signal } from '../../src/workflow/reactor'
import { reconcile } from '../../src/workflow/reconcile'
import {
  isTemporalAway,
  runsWithWorkflow,
  temporalConnection,
  temporalEngine,
} from '../../src/workflow/temporal-engine'
import { temporalWorker } from '../../src/workflow/temporal-worker'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy'
import { until } from '../support/until'
import { now } from '../support/runs'
import { organization, stageRun } from './execution/stage'

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

  const workflowOf = (id: ExecutionId, of = client) => of.workflow.getHandle(executionStream(id))
  const startedAs = async (id: ExecutionId, of = client) => (await workflowOf(id, of).describe()).runId
  const statusOf = async (id: ExecutionId, of = client) => (await workflowOf(id, of).describe()).status.name
  const runOf = (execution: ExecutionId) => ({ execution, organization })

  describe('the reactor', () => {
    const taskQueue = 'nobody'
    let running: Array<{ readonly stop: () => Promise<void> }> = []
    const stopAll = async () => {
      for (const { stop } of running) await stop()
      running = []
    }
    afterEach(async () => {
      await stopAll()
      await proxy.set('pass')
    })

    const open = () => openRuns(database, postgresCheckpoint(database, 'reactor', 1))
    const react = () => {
      const over = new AbortController()
      const toTemporal = temporalConnection(`127.0.0.1:${proxy.port}`)
      const reactor = reacting({
        store,
        log: silent,
        signal: over.signal,
        open: open(),
        engine: temporalEngine(new Client({ connection: toTemporal }), taskQueue),
        isAway: isTemporalAway,
        reconcile: () => Promise.resolve(),
      })
      const stop = async () => {
        over.abort()
        await reactor.done
        await toTemporal.close()
      }
      running.push({ stop })
      return reactor
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
    /** The reactor has dealt with these runs, and is stopped: what it knows is written. */
    const known = async (count: number) => {
      const runs = []
      for (let n = 0; n < count; n += 1) runs.push(await stageRun(store, 1))
      await caughtUp(react())
      await stopAll()
      return runs
    }

    it('starts one workflow for each run, under the name of its stream', async () => {
      const runs = [await stageRun(store, 1), await stageRun(store, 1)]
      await caughtUp(react())
      for (const { id } of runs) {
        const described = await workflowOf(id).describe()
        expect([described.type, described.taskQueue]).to.deep.equal(['runExecution', taskQueue])
      }
    })

    it('starts none again when its checkpoint is lost, nor when the workflow has ended', async () => {
      const runs = await known(2)
      const before = await Promise.all(runs.map(({ id }) => startedAs(id)))
      await workflowOf(runs[0]!.id).terminate()
      await database('checkpoints').where({ name: 'reactor' }).delete()
      const again = react()
      await caughtUp(again)
      expect(await Promise.all(runs.map(({ id }) => startedAs(id)))).to.deep.equal(before)
      await until(() => again.health().state === 'live')
    })

    it('starts one for a run that goes on and has none', async () => {
      const [run] = await known(1)
      const before = await startedAs(run!.id)
      await workflowOf(run!.id).terminate()
      await run!.send({ type: 'PauseExecution', now, reason: null })
      const resume = { approved: true, decision: null, recheck: [], changes: {}, reason: null }
      await run!.send({ type: 'ResumeExecution', now, ...resume })
      await caughtUp(react())
      expect(await statusOf(run!.id)).to.equal('RUNNING')
      expect(await startedAs(run!.id)).to.not.equal(before)
    })

    for (const fault of ['refuse', 'stall'] as const)
      it(`waits while Temporal is away (${fault}), and loses nothing`, async () => {
        const reactor = react()
        await proxy.set(fault)
        const { id } = await stageRun(store, 1)
        await until(() => reactor.health().reason?.startsWith('trying again') === true, 30_000)
        await proxy.set('pass')
        await caughtUp(reactor)
        expect(await startedAs(id)).to.be.a('string')
      }).timeout(90_000)

    describe('knows which runs are open, and', () => {
      const quietly = () => database.raw(`UPDATE open_executions SET changed_at = now() - interval '1 hour'`)
      const ids = async () => {
        const rows: ReadonlyArray<unknown> = await database('open_executions').select('execution_id')
        return rows
      }
      const mend = (dryRun: boolean, of = client) =>
        reconcile(
          {
            store,
            open: open(),
            engine: temporalEngine(of, taskQueue),
            withWorkflow: runsWithWorkflow(of),
            now: () => new Date().toISOString(),
          },
          dryRun,
        )
      beforeEach(async () => {
        await caughtUp(react())
        await stopAll()
        await database('open_executions').delete()
      })

      it('starts the workflow again that was terminated by hand; a dry run only tells', async () => {
        const [lost, whole] = await known(2)
        await workflowOf(lost!.id).terminate()
        await quietly()
        const mended = [{ ...runOf(lost!.id), status: 'queued', action: 'start' }]
        const untouched = await startedAs(whole!.id)
        expect(await mend(true)).to.deep.equal(mended)
        expect(await statusOf(lost!.id)).to.equal('TERMINATED')
        expect(await mend(false)).to.deep.equal(mended)
        expect(await statusOf(lost!.id)).to.equal('RUNNING')
        expect(await startedAs(whole!.id)).to.equal(untouched)
        expect(await mend(false)).to.deep.equal([])
      })

      it('leaves alone what is younger, for it may be on its way', async () => {
        const [lost] = await known(1)
        await workflowOf(lost!.id).terminate()
        expect(await mend(false)).to.deep.equal([])
      })

      it('forgets what has ended', async () => {
        const [ended, over] = await known(2)
        for (const run of [ended!, over!]) await run.send({ type: 'CancelExecution', now, reason: null })
        await workflowOf(over!.id).terminate()
        // Of one the reactor has read that it ended; of the other it has not.
        await database('open_executions').where('execution_id', ended!.id).update({ is_over: true })
        await quietly()
        expect(await mend(false)).to.deep.equal([{ ...runOf(over!.id), status: 'canceled', action: 'forget' }])
        expect(await ids()).to.deep.equal([])
      })

      it('starts them all again when Temporal has lost its database', async () => {
        const runs = await known(3)
        const elsewhere = await mkdtemp(join(tmpdir(), 'docg-temporal-'))
        const fresh = await startStack({ dataDir: elsewhere, env: process.env, only: ['temporal'] })
        const toFresh = await Connection.connect({ address: fresh.temporal.address })
        const of = new Client({ connection: toFresh })
        try {
          await quietly()
          expect(await mend(false, of)).to.have.length(3)
          for (const { id } of runs) expect(await statusOf(id, of)).to.equal('RUNNING')
        } finally {
          await toFresh.close()
          await fresh.stop()
          await rm(elsewhere, { recursive: true, force: true })
        }
      }).timeout(90_000)
    })
  })

  describe('a run’s workflow', () => {
    type History = NonNullable<Awaited<ReturnType<ReturnType<typeof workflowOf>['fetchHistory']>>['events']>[number]
    type Asked = { readonly putOffBy: string | null; readonly answer: (advanced: Advanced) => void }
    const taskQueue = `scripted-${randomUUID()}`
    const over = new AbortController()
    let worker: Awaited<ReturnType<typeof temporalWorker>>
    /** Runs that are to be advanced, and that are not yet. */
    const asked = new Map<string, Asked>()
    const activities: ExecutionActivities = {
      advance: (execution, _, putOffBy) =>
        new Promise((answer) => {
          asked.set(execution, { putOffBy, answer })
        }),
    }
    const temporal = () => ({ address: stack.temporal.address, namespace: 'default', taskQueue })
    before(async function () {
      this.timeout(60_000)
      worker = await temporalWorker(temporal(), activities, 4, over.signal)
    })
    after(async function () {
      this.timeout(30_000)
      await worker.shutdown()
    })

    const ended: Advanced = { _tag: 'Ended' }
    const wait = (ms: number | null): Advanced => ({ _tag: 'Wait', ms, author: 'a' })
    const begin = async () => {
      const engine = temporalEngine(client, taskQueue)
      const { id } = await stageRun(store, 1)
      await engine.start(runOf(id))
      return {
        id,
        wake: (signal: Signal) => engine.wake(runOf(id), signal),
        ended: () => workflowOf(id).result(),
        isAsked: () => asked.has(id),
        /** Whether the workflow has seen this event of its history. */
        hasDealtWith: async (attributes: keyof History) => {
          const { events = [] } = await workflowOf(id).fetchHistory()
          const at = (events ?? []).findIndex((event) => event[attributes] != null)
          return at >= 0 && (events ?? []).slice(at).some((event) => event.workflowTaskCompletedEventAttributes != null)
        },
        asks: async () => {
          await until(() => asked.has(id), 30_000)
          const { answer, putOffBy } = asked.get(id)!
          asked.delete(id)
          return { answer, putOffBy }
        },
      }
    }

    it('advances it, and returns when it has ended', async () => {
      const run = await begin()
      const { answer, putOffBy } = await run.asks()
      expect(putOffBy).to.equal(null)
      answer(ended)
      await run.ended()
      expect(run.isAsked()).to.equal(false)
    })

    it('looks again when it is due', async () => {
      const run = await begin()
      ;(await run.asks()).answer(wait(50))
      ;(await run.asks()).answer(wait(0))
      const { answer, putOffBy } = await run.asks()
      expect(putOffBy).to.equal('a')
      answer(ended)
      await run.ended()
    })

    for (const signal of ['resume_after_review', 'cancel'] as const)
      it(`waits until somebody says something (${signal})`, async () => {
        const run = await begin()
        ;(await run.asks()).answer(wait(null))
        await until(() => run.hasDealtWith('workflowExecutionStartedEventAttributes'))
        expect(run.isAsked()).to.equal(false)
        await run.wake(signal)
        ;(await run.asks()).answer(wait(3_600_000))
        await run.wake(signal)
        ;(await run.asks()).answer(ended)
        await run.ended()
      })

    it('hears what was said while it was advanced', async () => {
      const run = await begin()
      const { answer } = await run.asks()
      await run.wake('resume_after_review')
      await until(() => run.hasDealtWith('workflowExecutionSignaledEventAttributes'), 30_000)
      answer(wait(null))
      ;(await run.asks()).answer(ended)
      await run.ended()
    })

    it('tries again, later and later, while a part of docg is away, and says who found it so', async () => {
      const run = await begin()
      const away = (author: string): Advanced => ({ _tag: 'Away', reason: 'gone', author })
      ;(await run.asks()).answer(away('a'))
      const began = performance.now()
      const second = await run.asks()
      expect(second.putOffBy).to.equal('a')
      expect(performance.now() - began).to.be.at.least(900)
      second.answer(away('b'))
      const later = performance.now()
      const third = await run.asks()
      expect(third.putOffBy).to.equal('b')
      expect(performance.now() - later).to.be.at.least(1_900)
      third.answer(away('c'))
      await run.wake('cancel')
      ;(await run.asks()).answer(ended)
      await run.ended()
    })

    it('is begun once, and again only when somebody says something of a run without one', async () => {
      const run = await begin()
      ;(await run.asks()).answer(ended)
      await run.ended()
      const first = await startedAs(run.id)
      await temporalEngine(client, taskQueue).start(runOf(run.id))
      expect(await startedAs(run.id)).to.equal(first)
      await run.wake('resume_after_review')
      ;(await run.asks()).answer(ended)
      await run.ended()
      expect(await startedAs(run.id)).to.not.equal(first)
    })
  })

  it('a run whose worker is killed in the middle goes on with another', async () => {
    const taskQueue = `killed-${randomUUID()}`
    const program = join(__dirname, 'killed-worker.ts')
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', program, stack.temporal.address, taskQueue], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const over = new AbortController()
    let tookOver = 0
    try {
      const { id } = await stageRun(store, 1)
      await temporalEngine(client, taskQueue).start(runOf(id))
      await until(() => output.includes('at work'), 60_000)
      const advance = () => {
        tookOver += 1
        return Promise.resolve<Advanced>({ _tag: 'Ended' })
      }
      const other = await temporalWorker(
        { address: stack.temporal.address, namespace: 'default', taskQueue },
        { advance },
        4,
        over.signal,
      )
      expect(tookOver).to.equal(0)
      child.kill('SIGKILL')
      await until(() => tookOver > 0, 30_000)
      await workflowOf(id).result()
      await other.shutdown()
    } finally {
      child.kill('SIGKILL')
    }
  }).timeout(150_000)
})
