import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { execution, executionOfStream, executionStream } from '../../src/domain/execution'
import { retryIdOf, retryOf } from '../../src/domain/execution/retry'
import { derivedId, ExecutionId } from '../../src/domain/ids'
import type { Recorded } from '../../src/domain/event-store'
import type { Actor } from '../../src/domain/metadata'
import { react, reactions, type Engine } from '../../src/workflow/reactor'
import { reacting } from '../../src/workflow/reacting'
import { delivered, feed, freeLease } from '../consumers/deliveries'
import { runInMemory } from '../support/run-in-memory'
import {
  created,
  executionId,
  failed,
  now,
  organizationId,
  planOf,
  started,
  steps,
  stepFailed,
  stepStarted,
} from '../support/runs'
import { sendTo } from '../support/send'
import { until } from '../support/until'

type Call = readonly [string, ExecutionId]

/** What Temporal is told. */
const listening = (during: (what: string) => Promise<void> = () => Promise.resolve()) => {
  const calls: Call[] = []
  const engine: Engine = {
    start: async (run) => {
      await during('start')
      calls.push(['start', run.execution])
    },
    wake: async (run, signal) => {
      await during(signal)
      calls.push([signal, run.execution])
    },
  }
  return { calls, engine }
}

const away = () => Promise.reject(new Error('Temporal is away'))

describe('the reactor', () => {
  const memory = runInMemory()
  before(() => memory.given(created))
  const recordedBy = (type: string, actor: Actor): Recorded => {
    const first = memory.log.stream(executionStream(executionId))[0]!
    return { ...first, type, metadata: { ...(first.metadata as object), actor } }
  }

  const told = async (type: string, actor: Actor['type']): Promise<string | undefined> => {
    const { calls, engine } = listening()
    await react(engine, memory.log)(recordedBy(type, { type: actor, id: 'x' }))
    return calls[0]?.[0]
  }

  it('tells Temporal of a new run, of what people say, and of a cancel; of nothing else', async () => {
    const heard = new Map<string, string>()
    for (const type of Object.keys(reactions)) {
      const call = await told(type, 'user')
      if (call !== undefined) heard.set(type, call)
    }
    expect(Object.fromEntries(heard)).to.deep.equal({
      ExecutionCreated: 'start',
      ExecutionResumed: 'resume_after_review',
      ReviewDecided: 'resume_after_review',
      DeliveryOutcomeDecided: 'resume_after_review',
      CancelRequested: 'cancel',
      ExecutionCanceled: 'cancel',
    })
  })

  it('hears nothing new in what the worker wrote itself, but a late receipt that settles what a person was asked', async () => {
    const heard: string[] = []
    for (const type of Object.keys(reactions)) if ((await told(type, 'system')) !== undefined) heard.push(type)
    expect(heard).to.deep.equal(['ExecutionCreated', 'DeliveryOutcomeDecided'])
    expect(await told('ExecutionResumed', 'webhook')).to.equal('resume_after_review')
  })

  it('passes over what is of no run, or of a type to come', async () => {
    expect(await told('FromTheFuture', 'user')).to.equal(undefined)
    expect(await told('toString', 'user')).to.equal(undefined)
  })

  describe('at a retry', () => {
    const retried = async () => {
      const run = runInMemory()
      await run.given(created, started, stepStarted(steps.trigger), stepFailed(steps.trigger), failed(steps.trigger))
      await run.send({
        type: 'RetryExecution',
        now,
        execution_id: retryIdOf(executionId),
        from_step: 1,
        repeat_effects: false,
        workflow_version: 2,
        workflow_revision: '3',
        workflow_name: 'W',
        plan: planOf(),
        personal: { trigger_data: null },
      })
      return { run, event: run.log.stream(executionStream(executionId)).at(-1)! }
    }
    const next = executionStream(retryIdOf(executionId))

    it('creates the run that goes on, once, however often it hears of it', async () => {
      const { run, event } = await retried()
      for (let n = 0; n < 2; n += 1) await react(listening().engine, run.log)(event)
      const made = run.log.stream(next)
      expect(made.map(({ type }) => type)).to.deep.equal(['ExecutionCreated'])
      const decoded = execution.codec.decode(made[0]!)
      expect(decoded).to.have.nested.property('right.data.retry_of', executionId)
      expect(decoded).to.have.nested.property('right.data.workflow_revision', '3')
      expect(executionOfStream(made[0]!.stream)).to.equal(retryIdOf(executionId))
    })

    it('leaves a run alone that whoever asked for it has created', async () => {
      const { run, event } = await retried()
      await sendTo(run.log, organizationId)(execution, next, retryOf(run.run())!)
      await react(listening().engine, run.log)(event)
      expect(run.log.stream(next).map(({ type }) => type)).to.deep.equal(['ExecutionCreated'])
    })

    it('tries again when the log does not answer', async () => {
      const { run, event } = await retried()
      const silent = {
        ...run.log,
        readStream: () => () =>
          Promise.resolve({ _tag: 'Left' as const, left: { _tag: 'StoreUnavailable' as const, reason: 'away' } }),
      }
      const error = await react(listening().engine, silent)(event).catch(String)
      expect(error).to.include('cannot be gone on with: StoreUnavailable')
    })
  })

  describe('at work', () => {
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const idOf = (n: number) => derivedId(ExecutionId, executionId, 'run', String(n))
    /** So many runs, each created and then canceled, mixed. */
    const mixed = (runs: number): ReadonlyArray<Recorded> =>
      ['ExecutionCreated', 'CancelRequested', 'ExecutionResumed'].flatMap((type, round) =>
        Array.from({ length: runs }, (_, n): Recorded => {
          const at = BigInt(round * runs + n + 1)
          const event = recordedBy(type, { type: 'user', id: 'x' })
          return { ...event, stream: executionStream(idOf(n)), position: { commit: at, prepare: at } }
        }),
      )

    const running = (engine: Engine, events: ReadonlyArray<Recorded>) => {
      const over = new AbortController()
      const noted: Recorded[] = []
      const reactor = reacting({
        store: { ...memory.log, ...feed(...events.map(delivered)) },
        log: quiet,
        signal: over.signal,
        open: {
          lease: freeLease(),
          ensureHeld: () => undefined,
          note: (_, some) => noted.push(...some),
          flush: () => Promise.resolve(),
          quiet: () => Promise.resolve([]),
          forget: () => Promise.resolve(),
        },
        engine,
        isAway: (error) => error instanceof Error && error.message.includes('away'),
        reconcile: () => Promise.resolve(),
      })
      return {
        reactor,
        noted,
        stop: async () => {
          over.abort()
          await reactor.done
        },
      }
    }

    it('deals with some runs at a time, and with the events of each in order', async () => {
      let atOnce = 0
      let most = 0
      const { calls, engine } = listening(async (what) => {
        atOnce += 1
        most = Math.max(most, atOnce)
        for (let n = what === 'start' ? 30 : 1; n > 0; n -= 1) await nextTurn()
        atOnce -= 1
      })
      const { stop, noted } = running(engine, mixed(40))
      await until(() => noted.length === 120)
      await stop()
      for (let n = 0; n < 40; n += 1)
        expect(calls.filter(([, id]) => id === idOf(n)).map(([what]) => what)).to.deep.equal([
          'start',
          'cancel',
          'resume_after_review',
        ])
      expect(most).to.be.within(2, 16)
    })

    it('waits while Temporal is away, loses nothing, and notes nothing before', async () => {
      let isAway = true
      const { calls, engine } = listening(() => (isAway ? away() : Promise.resolve()))
      const { stop, noted, reactor } = running(engine, mixed(3))
      await until(() => reactor.health().reason?.includes('Temporal is away') === true)
      expect(noted).to.deep.equal([])
      isAway = false
      await until(() => noted.length === 9)
      await stop()
      for (let n = 0; n < 3; n += 1) expect(calls.filter(([, id]) => id === idOf(n))).to.have.length(3)
    })
  })
})
