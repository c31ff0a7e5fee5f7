import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import * as fc from 'fast-check'
import type { Receipt } from '../../../src/domain/execution/receipts'
import { stepOf } from '../../../src/domain/execution/state'
import type { EffectFault, StepFault, Unavailable } from '../../../src/nodes/steps/step-run'
import { once } from '../../../src/workflow/execution/once'
import { openRun, type RunCommands, type RunLog } from '../../../src/workflow/execution/run-commands'
import { runInMemory } from '../../support/run-in-memory'
import {
  created,
  decideOutcome,
  done,
  emailKey,
  generated,
  now,
  outcomeLost,
  renderKey,
  sendIntended,
  sent,
  started,
  steps,
  stepStarted,
  unreachable,
} from '../../support/runs'
import { right } from '../../support/send'
import { dying, orDead } from './death'

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
const atWork = async (kind: Kind) => {
  const { step, receipt, wanted } = kinds[kind]
  const memory = runInMemory()
  const before = [steps.trigger, steps.render].filter(({ position }) => position < step.position)
  await memory.given(created, started, ...done(...before), stepStarted(step))
  const from = memory.types().length
  let happened = 0
  let authors = 0
  const act = (outcome: EffectFault | Unavailable | undefined, meanwhile: () => Promise<void>) => async () => {
    if (outcome === undefined || (outcome._tag === 'EffectFault' && outcome.happened === 'unknown')) happened += 1
    await meanwhile()
    return outcome === undefined ? E.right<never, Receipt>(receipt) : E.left(outcome)
  }
  const nothing = () => Promise.resolve()
  /** A worker that has read the run and comes to the effect: `outcome` of its act, and what goes on beside it. */
  const arrive = async (log: RunLog = memory.log) => {
    const author = `newcomer ${(authors += 1)}`
    const run = right(await openRun(log, author)(memory.id)())
    const at = { over: false }
    const go = async (
      outcome?: EffectFault | Unavailable,
      meanwhile: (run: RunCommands) => Promise<void> = nothing,
    ) => {
      const its = once(
        run,
        stepOf(run.state(), step.step_id)!,
        `${author}/1`,
        () => now,
        () => at.over,
      )
      const answer = await its(
        wanted,
        act(outcome, () => meanwhile(run)),
      )()
      if (E.isRight(answer) || answer.left._tag === 'StepFault') right(await run.commit())
      return answer
    }
    return { go, giveUp: () => (at.over = true) }
  }
  return {
    memory,
    receipt,
    arrive,
    attempt: async (outcome?: EffectFault | Unavailable, log?: RunLog) => (await arrive(log)).go(outcome),
    happened: () => happened,
    said: () => memory.types().slice(from),
  }
}

const lookAgain = E.left({ _tag: 'LookAgain' })

describe('an effect', () => {
  it('has its intention before it and its receipt after it', async () => {
    const { attempt, said, receipt, happened } = await atWork('email')
    expect(await attempt()).to.deep.equal(E.right(receipt))
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DocumentSent'], 1])
  })

  it('that is done is not done again: its receipt is the answer', async () => {
    const { attempt, said, receipt, happened } = await atWork('email')
    await attempt()
    expect(await attempt()).to.deep.equal(E.right(receipt))
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DocumentSent'], 1])
  })

  it('that did not happen is given up, and meant again by the next attempt', async () => {
    const { attempt, said, happened } = await atWork('email')
    expect(await attempt(effectFault('no'))).to.deep.equal(E.left(fault))
    await attempt()
    expect(said()).to.deep.equal(['EffectIntended', 'EffectAbandoned', 'EffectIntended', 'DocumentSent'])
    expect(happened()).to.equal(1)
  })

  it('whose outcome nobody knows waits for a person', async () => {
    const { attempt, said, memory } = await atWork('email')
    expect(await attempt(effectFault('unknown'))).to.deep.equal(lookAgain)
    expect(said()).to.deep.equal(['EffectIntended', 'DeliveryOutcomeLost'])
    expect(memory.run().status).to.equal('needs_review')
    await memory.send(decideOutcome('resend'))
    expect(E.isRight(await attempt())).to.equal(true)
    expect(said().slice(2)).to.deep.equal([
      'ExecutionResumed',
      'DeliveryOutcomeDecided',
      'EffectIntended',
      'DocumentSent',
    ])
  })

  it('that a person took for done is not done again', async () => {
    const { attempt, memory, happened } = await atWork('email')
    await attempt(effectFault('unknown'))
    await memory.send(decideOutcome('assume_sent'))
    expect(await attempt()).to.deep.equal(E.right(undefined))
    expect(happened()).to.equal(1)
  })

  it('of a worker that died is done again when that does no harm', async () => {
    const { attempt, memory, said } = await atWork('document')
    expect(await orDead(attempt(undefined, dying(memory.log, 2, false)))).to.equal('dead')
    expect(E.isRight(await attempt())).to.equal(true)
    expect(said()).to.deep.equal(['EffectIntended', 'DocumentGenerated'])
  })

  it('of a worker that died waits for a person when a repeat would do harm', async () => {
    const { attempt, memory, happened, said } = await atWork('email')
    expect(await orDead(attempt(undefined, dying(memory.log, 1, true)))).to.equal('dead')
    expect(await attempt()).to.deep.equal(lookAgain)
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DeliveryOutcomeLost'], 0])
  })

  it('whose receipt the log never takes fails its step', async () => {
    const { attempt, memory } = await atWork('document')
    const full: RunLog = {
      ...memory.log,
      append: (stream, expected, events) =>
        events.some(({ type }) => type === 'DocumentGenerated')
          ? TE.left({ _tag: 'EventTooLarge', bytes: 9, limit: 8 })
          : memory.log.append(stream, expected, events),
    }
    const thrown = await attempt(undefined, full).catch(String)
    expect(thrown).to.include('Unsayable').and.include('EventTooLarge')
  })
})

describe('what the log says now decides on an effect, not what was read before', () => {
  const abandoned = {
    type: 'EffectAbandoned',
    data: { effect_key: emailKey, step_id: steps.email.step_id, fault: unreachable },
  } as const
  const cancelRequested = { type: 'CancelRequested', data: { at: now, personal: { reason: null } } } as const

  it('done meanwhile: it is not done again', async () => {
    const { arrive, memory, receipt, happened } = await atWork('email')
    const { go } = await arrive()
    await memory.given(sendIntended, sent)
    expect(await go()).to.deep.equal(E.right(receipt))
    expect(happened()).to.equal(0)
  })

  it('dropped meanwhile: it is meant again, and done', async () => {
    const { arrive, memory, said, happened } = await atWork('email')
    const { go } = await arrive()
    await memory.given(sendIntended, abandoned)
    expect(E.isRight(await go())).to.equal(true)
    expect([said().slice(2), happened()]).to.deep.equal([['EffectIntended', 'DocumentSent'], 1])
  })

  it('lost meanwhile, or meant by another: it is not done, whoever meant it says how it went', async () => {
    for (const others of [[sendIntended], [sendIntended, outcomeLost]]) {
      const { arrive, memory, said, happened } = await atWork('email')
      const { go } = await arrive()
      await memory.given(...others)
      expect(await go()).to.deep.equal(lookAgain)
      expect([said(), happened()]).to.deep.equal([others.map(({ type }) => type), 0])
    }
  })

  it('meant by another as far as is known: it is not done, and told as lost', async () => {
    const { arrive, memory, said, happened } = await atWork('email')
    await memory.given(sendIntended)
    expect(await (await arrive()).go()).to.deep.equal(lookAgain)
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DeliveryOutcomeLost'], 0])
  })

  it('a receipt between the reading and the report: nothing is lost', async () => {
    const { arrive, memory, said, happened, receipt } = await atWork('email')
    await memory.given(sendIntended)
    const { go } = await arrive()
    await memory.given(sent)
    expect(await go()).to.deep.equal(lookAgain)
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'DocumentSent'], 0])
    expect(await (await arrive()).go()).to.deep.equal(E.right(receipt))
  })

  it('lost, to be sent again, and then its late receipt: it is not sent again', async () => {
    const { arrive, memory, said, happened, receipt } = await atWork('email')
    await memory.given(sendIntended, outcomeLost)
    await memory.send(decideOutcome('resend'))
    const { go } = await arrive()
    await memory.send({ type: 'RecordReceipt', receipt })
    expect(await go()).to.deep.equal(E.right(receipt))
    expect(happened()).to.equal(0)
    expect(said().filter((type) => type === 'EffectIntended')).to.have.length(1)
  })

  it('a cancel asked for meanwhile: it does not begin', async () => {
    const { arrive, memory, said, happened } = await atWork('email')
    const { go } = await arrive()
    await memory.given(cancelRequested)
    expect(await go()).to.deep.equal(lookAgain)
    expect([said(), happened()]).to.deep.equal([['CancelRequested'], 0])
  })

  it('a cancel asked for after it was meant: it is done, and its receipt stands', async () => {
    const { arrive, memory, said, happened } = await atWork('email')
    const { go } = await arrive()
    expect(E.isRight(await go(undefined, () => memory.given(cancelRequested)))).to.equal(true)
    expect([said(), happened()]).to.deep.equal([['EffectIntended', 'CancelRequested', 'DocumentSent'], 1])
  })
})

describe('an attempt that was given up', () => {
  it('begins no effect', async () => {
    const { arrive, said, happened } = await atWork('email')
    const { go, giveUp } = await arrive()
    giveUp()
    expect(await go()).to.deep.equal(lookAgain)
    expect([said(), happened()]).to.deep.equal([[], 0])
  })

  it('while its intention was on the way does not do it', async () => {
    const { arrive, memory, said, happened } = await atWork('email')
    const slow: { giveUp?: () => void } = {}
    const { go, giveUp } = await arrive({
      ...memory.log,
      append: (stream, expected, events) => {
        slow.giveUp?.()
        return memory.log.append(stream, expected, events)
      },
    })
    slow.giveUp = giveUp
    expect(await go()).to.deep.equal(lookAgain)
    expect([said(), happened()]).to.deep.equal([['EffectIntended'], 0])
  })

  it('is heard when it comes with a receipt after all, which settles what was taken for lost', async () => {
    const { arrive, memory, said, happened, attempt, receipt } = await atWork('email')
    const { go, giveUp } = await arrive()
    const late = await go(undefined, async () => {
      giveUp()
      expect(await attempt()).to.deep.equal(lookAgain)
      expect(memory.run().status).to.equal('needs_review')
    })
    expect(late).to.deep.equal(lookAgain)
    expect(said()).to.deep.equal(['EffectIntended', 'DeliveryOutcomeLost', 'DocumentSent', 'DeliveryOutcomeDecided'])
    expect(memory.run().holds).to.deep.equal([])
    expect(await attempt()).to.deep.equal(E.right(receipt))
    expect(happened()).to.equal(1)
  })

  it('is heard also when the log does not answer at first', async () => {
    const { arrive, memory, said } = await atWork('email')
    const unanswered = { _tag: 'StoreUnavailable', reason: 'away' } as const
    let isAway = false
    const { go, giveUp } = await arrive({
      ...memory.log,
      readStream: (stream, slice) => () => {
        const answers = !isAway
        isAway = false
        return answers ? memory.log.readStream(stream, slice)() : Promise.resolve(E.left(unanswered))
      },
    })
    await go(undefined, () => {
      giveUp()
      isAway = true
      return Promise.resolve()
    })
    expect(said()).to.deep.equal(['EffectIntended', 'DocumentSent'])
  })

  it('does not give up what the next attempt means', async () => {
    const { arrive, memory, said, attempt } = await atWork('document')
    const { go, giveUp } = await arrive()
    const late = await go(effectFault('no'), async () => {
      giveUp()
      await attempt()
    })
    expect(late).to.deep.equal(lookAgain)
    expect(said()).to.deep.equal(['EffectIntended', 'DocumentGenerated'])
    expect(memory.run().documents).to.have.length(1)
  })
})

describe('any history of attempts', () => {
  const outcome = fc.constantFrom(undefined, away, effectFault('no'), effectFault('unknown'))
  const death = fc.option(fc.record({ at: fc.integer({ min: 1, max: 3 }), landed: fc.boolean() }))
  const decision = fc.constantFrom('resend' as const, 'assume_sent' as const)
  const history = fc.array(fc.record({ outcome, death, decision, slow: fc.boolean() }), { maxLength: 8 })

  for (const kind of ['email', 'document'] as const)
    it(`makes one ${kind}, whatever dies or comes late, unless a person wants it again`, () =>
      fc.assert(
        fc.asyncProperty(history, async (attempts) => {
          const { arrive, memory, happened, said } = await atWork(kind)
          const last = { outcome: undefined, death: null, decision: 'assume_sent' as const, slow: false }
          const late: Array<() => void> = []
          const works: Array<Promise<unknown>> = []
          let resends = 0
          for (const { outcome, death, decision, slow } of [...attempts, last]) {
            if (memory.run().status === 'needs_review') {
              if (decision === 'resend') resends += 1
              await memory.send(decideOutcome(decision))
            }
            const log = death === null ? memory.log : dying(memory.log, death.at, death.landed)
            const { go, giveUp } = await arrive(log)
            let acting: () => void = () => undefined
            const acts = new Promise<void>((resolve) => (acting = resolve))
            const work = orDead(
              go(outcome, () => {
                acting()
                return slow ? new Promise<void>((resolve) => late.push(resolve)) : Promise.resolve()
              }),
            )
            works.push(work)
            await Promise.race([work, acts.then(() => (slow ? undefined : work))])
            if (slow) giveUp()
          }
          for (const arrives of late) arrives()
          await Promise.all(works)
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
