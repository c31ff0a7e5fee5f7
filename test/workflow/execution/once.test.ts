import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import * as fc from 'fast-check'
import type { ExecutionEvent, Receipt } from '../../../src/domain/execution/events'
import { stepOf } from '../../../src/domain/execution/state'
import type { EffectFault, StepFault, Unavailable } from '../../../src/nodes/step-run'
import { once } from '../../../src/workflow/execution/once'
import type { Tell } from '../../../src/workflow/execution/tell'
import { runInMemory } from '../../support/run-in-memory'
import {
  created,
  emailKey,
  generated,
  renderKey,
  sent,
  started,
  stepCompleted,
  steps,
  stepStarted,
  unreachable,
} from '../../support/runs'

const kinds = {
  email: { step: steps.email, receipt: sent, wanted: { effect_key: emailKey, kind: 'email', repeatable: false } },
  document: {
    step: steps.render,
    receipt: generated,
    wanted: { effect_key: renderKey, kind: 'document', repeatable: true },
  },
} as const
type Kind = keyof typeof kinds

const fault: StepFault = { _tag: 'StepFault', retryable: true, fault: unreachable }
const effectFault = (happened: 'no' | 'unknown'): EffectFault => ({ _tag: 'EffectFault', happened, fault })
const away: Unavailable = { _tag: 'Unavailable', reason: 'away' }

/** A run whose step is at work, and how often its effect came about in the world. */
const atWork = (kind: Kind) => {
  const { step, receipt, wanted } = kinds[kind]
  const memory = runInMemory()
  const before = [steps.trigger, steps.render].filter(({ position }) => position < step.position)
  memory.events.push(created, started, ...before.flatMap((each) => [stepStarted(each), stepCompleted(each)]))
  memory.events.push(stepStarted(step))
  const from = memory.events.length
  let happened = 0
  const act = (outcome?: EffectFault | Unavailable): TE.TaskEither<EffectFault | Unavailable, Receipt> =>
    pipe(
      TE.fromIO(() => {
        if (outcome === undefined || (outcome._tag === 'EffectFault' && outcome.happened === 'unknown')) happened += 1
      }),
      TE.chain(() => (outcome === undefined ? TE.of(receipt) : TE.left(outcome))),
    )
  let authors = 0
  const attempt = (outcome?: EffectFault | Unavailable, tell: Tell = memory.tell) => {
    const run = memory.run()
    return once(tell, run, stepOf(run, step.step_id)!, `author ${(authors += 1)}`)(wanted, act(outcome))()
  }
  return {
    memory,
    receipt,
    attempt,
    happened: () => happened,
    said: (): ReadonlyArray<ExecutionEvent['type']> => memory.events.slice(from).map(({ type }) => type),
  }
}

class Crash extends Error {}

/** The worker dies at its `at`-th command: before the log has it, or right after. */
const dying =
  (tell: Tell, at: number, landed: boolean): Tell =>
  (command, which) =>
  async () => {
    at -= 1
    if (at !== 0) return tell(command, which)()
    if (landed) await tell(command, which)()
    throw new Crash()
  }

const orDead = async <A>(work: Promise<A>): Promise<A | 'dead'> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof Crash) return 'dead'
    throw error
  }
}

describe('an effect', () => {
  it('has its intention before it and its receipt after it', async () => {
    const { attempt, said, receipt, happened } = atWork('email')
    expect(await attempt()).to.deep.equal(E.right(receipt))
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DocumentSent'], 1])
  })

  it('that is done is not done again: its receipt is the answer', async () => {
    const { attempt, said, receipt, happened } = atWork('email')
    await attempt()
    expect(await attempt()).to.deep.equal(E.right(receipt))
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DocumentSent'], 1])
  })

  it('that did not happen is given up, and meant again by the next attempt', async () => {
    const { attempt, said, happened } = atWork('email')
    expect(await attempt(effectFault('no'))).to.deep.equal(E.left(fault))
    await attempt()
    expect(said()).to.deep.equal(['EffectIntended', 'EffectAbandoned', 'EffectIntended', 'DocumentSent'])
    expect(happened()).to.equal(1)
  })

  it('whose outcome nobody knows waits for a person', async () => {
    const { attempt, said, memory } = atWork('email')
    expect(await attempt(effectFault('unknown'))).to.deep.equal(E.left({ _tag: 'OutcomeLost' }))
    expect(said()).to.deep.equal(['EffectIntended', 'DeliveryOutcomeLost'])
    expect(memory.run().status).to.equal('needs_review')
    memory.must({ type: 'DecideOutcome', decision: 'resend' })
    expect(E.isRight(await attempt())).to.equal(true)
    expect(said().slice(2)).to.deep.equal(['DeliveryOutcomeDecided', 'EffectIntended', 'DocumentSent'])
  })

  it('that a person took for done is not done again', async () => {
    const { attempt, memory, happened } = atWork('email')
    await attempt(effectFault('unknown'))
    memory.must({ type: 'DecideOutcome', decision: 'assume_sent' })
    expect(await attempt()).to.deep.equal(E.right(undefined))
    expect(happened()).to.equal(1)
  })

  it('of a worker that died is done again when that does no harm', async () => {
    const { attempt, memory, said } = atWork('document')
    expect(await orDead(attempt(undefined, dying(memory.tell, 2, false)))).to.equal('dead')
    expect(E.isRight(await attempt())).to.equal(true)
    expect(said()).to.deep.equal(['EffectIntended', 'DocumentGenerated'])
  })

  it('of a worker that died waits for a person when a repeat would do harm', async () => {
    const { attempt, memory, happened } = atWork('email')
    expect(await orDead(attempt(undefined, dying(memory.tell, 1, true)))).to.equal('dead')
    expect(await attempt()).to.deep.equal(E.left({ _tag: 'OutcomeLost' }))
    expect(happened()).to.equal(0)
  })

  it('is recorded however long the log is away after it', async () => {
    const { attempt, memory, said, happened } = atWork('email')
    let left = 3
    const flaky: Tell = (command, which) => () =>
      command.type === 'RecordReceipt' && (left -= 1) >= 0
        ? Promise.resolve(E.left({ _tag: 'StoreUnavailable', reason: 'away' }))
        : memory.tell(command, which)()
    expect(E.isRight(await attempt(undefined, flaky))).to.equal(true)
    expect([said(), happened(), left]).to.deep.equal([['EffectIntended', 'DocumentSent'], 1, -1])
  })

  it('whose receipt the log never takes fails its step', async () => {
    const { attempt, memory } = atWork('document')
    const full: Tell = (command, which) =>
      command.type === 'RecordReceipt'
        ? TE.left({ _tag: 'EventTooLarge', bytes: 9, limit: 8 })
        : memory.tell(command, which)
    expect(await attempt(undefined, full)).to.deep.include({ _tag: 'Left' })
    const left = await attempt(undefined, full)
    expect(E.isLeft(left) && left.left._tag === 'StepFault' && left.left.fault.code).to.equal('data.payload_too_large')
  })

  const outcome = fc.constantFrom(undefined, away, effectFault('no'), effectFault('unknown'))
  const death = fc.option(fc.record({ at: fc.integer({ min: 1, max: 3 }), landed: fc.boolean() }))
  const decision = fc.constantFrom('resend' as const, 'assume_sent' as const)
  const history = fc.array(fc.record({ outcome, death, decision }), { maxLength: 8 })

  for (const kind of ['email', 'document'] as const)
    it(`(${kind}) happens once, whatever dies, unless a person wants it again`, () =>
      fc.assert(
        fc.asyncProperty(history, async (attempts) => {
          const { attempt, memory, happened, said } = atWork(kind)
          let resends = 0
          for (const { outcome, death, decision } of [
            ...attempts,
            { outcome: undefined, death: null, decision: 'assume_sent' as const },
          ]) {
            if (memory.run().status === 'needs_review') {
              if (decision === 'resend') resends += 1
              memory.must({ type: 'DecideOutcome', decision })
            }
            await orDead(attempt(outcome, death === null ? memory.tell : dying(memory.tell, death.at, death.landed)))
          }
          const receipts = said().filter((type) => type === kinds[kind].receipt.type)
          expect(receipts.length).to.be.at.most(1)
          if (kind === 'document') {
            expect(said()).to.not.include('DeliveryOutcomeLost')
            expect(receipts).to.have.length(1)
          } else expect(happened()).to.be.at.most(1 + resends)
        }),
        { numRuns: 500 },
      ))
})
