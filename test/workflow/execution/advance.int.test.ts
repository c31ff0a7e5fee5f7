import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { EffectFault, StepFault, StepRun } from '../../../src/nodes/steps/step-run'
import type { RunnableType } from '../../../src/workflow/execution/attempt'
import { eventStoreForTests } from '../../support/event-store'
import { decideOutcome, outcomeUnknown, unreachable } from '../../support/runs'
import { until } from '../../support/until'
import { advanceOf, gate, mail, receiptOf, result, typeOf, worker } from './advancing'
import { stageRun } from './stage'

const stepFault = (retryable: boolean): StepFault => ({ _tag: 'StepFault', retryable, fault: unreachable })

const bug = (): never => {
  throw new Error('a bug')
}

const ended = { _tag: 'Ended' } as const
const begun = ['ExecutionCreated', 'ExecutionStarted', 'PreflightCompleted']

describe('a run that is advanced', () => {
  const store = eventStoreForTests()

  const stage = async (type: RunnableType | undefined, length = 1) => {
    const run = await stageRun(store(), length)
    let ahead = 0
    const now = () => new Date(Date.now() + ahead).toISOString()
    return {
      ...run,
      go: () => advanceOf(worker(store(), type, { now }))(run.id),
      said: async () => (await run.types()).slice(begun.length),
      /** The clock of the worker goes ahead. */
      later: (ms: number) => (ahead += ms),
    }
  }

  it('is started, checked, and goes through its steps to its end; an ended one stays as it is', async () => {
    let made = 0
    const type = typeOf({
      execute: () => {
        made += 1
        return TE.of(result)
      },
    })
    const { go, types, state } = await stage(type, 2)
    expect(await go()).to.deep.equal(ended)
    expect(await go()).to.deep.equal(ended)
    const once = ['StepStarted', 'StepCompleted']
    expect([await types(), made]).to.deep.equal([[...begun, ...once, ...once, 'ExecutionCompleted'], 2])
    expect((await state()).steps[0]).to.deep.include({ status: 'success', output: { n: 7, name: 'Ana' } })
  })

  it('shows its steps the trigger’s data and what the steps before gave', async () => {
    const seen: Array<StepRun['references']> = []
    const type = typeOf({
      execute: (_, { references }) => {
        seen.push(references)
        return TE.of(result)
      },
    })
    const { go } = await stage(type, 2)
    await go()
    expect(seen[1]).to.deep.equal({ trigger: { name: 'Ana' }, step: { 1: { n: 7, name: 'Ana' }, 2: {} } })
  })

  it('tries a step again that may succeed later, each time later, and then fails', async () => {
    const { go, said, state, later } = await stage(typeOf({ execute: () => TE.left(stepFault(true)) }))
    for (const pause of [1_000, 2_000]) {
      const waits = await go()
      expect(waits)
        .to.have.property('ms')
        .that.is.at.most(pause)
        .and.above(pause - 1_000)
      later(pause)
    }
    expect(await go()).to.deep.equal(ended)
    expect(await said()).to.deep.equal([
      'StepStarted',
      'StepAttemptFailed',
      'StepStarted',
      'StepAttemptFailed',
      'StepStarted',
      'StepFailed',
      'ExecutionFailed',
    ])
    expect((await state()).status).to.equal('failed')
  })

  it('fails with a step that cannot succeed', async () => {
    const { go, said } = await stage(typeOf({ execute: () => TE.left(stepFault(false)) }))
    expect(await go()).to.deep.equal(ended)
    expect(await said()).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
  })

  const bad: ReadonlyArray<readonly [string, string, Partial<RunnableType>]> = [
    ['rejects', 'internal_error', { execute: () => () => Promise.reject(new Error('a bug')) }],
    ['throws', 'internal_error', { execute: () => bug() }],
    ['throws over its input', 'internal_error', { input: () => bug() }],
    ['takes too long', 'timeout', { attempts: 1, timeoutMs: 20, execute: () => () => new Promise(() => undefined) }],
    ['has no input', 'delivery.smtp_unreachable', { input: () => E.left(stepFault(false)) }],
    [
      'has input that the log does not take',
      'data.payload_too_large',
      { input: () => E.right({ text: 'x'.repeat(1_100_000) }) },
    ],
    [
      'gives what the log does not take',
      'data.payload_too_large',
      { execute: () => TE.of({ output: { text: 'x'.repeat(1_100_000) }, personal: {} }) },
    ],
    ['gives what is no JSON', 'internal_error', { execute: () => TE.of({ output: { n: NaN }, personal: {} }) }],
  ]
  for (const [what, code, change] of bad)
    it(`fails with ${code} when a step ${what}`, async () => {
      const { go, events, said } = await stage(typeOf(change))
      expect(await go()).to.deep.equal(ended)
      expect(await said()).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
      const last = (await events()).at(-1)
      expect(last?.type === 'ExecutionFailed' && last.data.fault.code).to.equal(code)
    })

  it('fails at a step of a type that this worker does not have', async () => {
    const { go, said } = await stage(undefined)
    expect(await go()).to.deep.equal(ended)
    expect(await said()).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
  })

  it('is not disturbed by an attempt that was given up: its effect is the next one’s', async () => {
    const gates = [gate(), gate()] as const
    const works: Promise<unknown>[] = []
    const type = typeOf({
      attempts: 2,
      timeoutMs: 1_000,
      execute: (_, run) => () => {
        const receipt = receiptOf(run)
        const work =
          run.step.attempt === 1
            ? gates[0].opened.then(() => run.once(mail(run), TE.of(receipt))())
            : run.once(mail(run), () => gates[1].opened.then(() => E.right(receipt)))()
        works.push(work)
        return work.then(E.map(() => result))
      },
    })
    const { go, said, later } = await stage(type)
    expect(await go()).to.have.property('_tag', 'Wait')
    later(1_000)
    const next = go()
    await until(async () => (await said()).includes('EffectIntended'))
    gates[0].open()
    await works[0]
    gates[1].open()
    expect(await next).to.deep.equal(ended)
    expect((await said()).slice(2)).to.deep.equal([
      'StepStarted',
      'EffectIntended',
      'DocumentSent',
      'StepCompleted',
      'ExecutionCompleted',
    ])
  })

  it('waits for a person where one has to decide, and goes on when he has', async () => {
    let isCut = true
    const cut: EffectFault = {
      _tag: 'EffectFault',
      happened: 'unknown',
      fault: { _tag: 'StepFault', retryable: false, fault: outcomeUnknown },
    }
    const type = typeOf({
      execute: (_, run) =>
        pipe(
          run.once(mail(run), isCut ? TE.left(cut) : TE.of(receiptOf(run))),
          TE.map(() => result),
        ),
    })
    const { go, state, send, said } = await stage(type)
    for (const _ of [1, 2]) expect(await go()).to.deep.include({ _tag: 'Wait', ms: null })
    expect((await state()).status).to.equal('needs_review')
    await send(decideOutcome('resend'))
    isCut = false
    expect(await go()).to.deep.equal(ended)
    expect(await said()).to.deep.equal([
      'StepStarted',
      'EffectIntended',
      'DeliveryOutcomeLost',
      'ExecutionResumed',
      'DeliveryOutcomeDecided',
      'EffectIntended',
      'DocumentSent',
      'StepCompleted',
      'ExecutionCompleted',
    ])
  })

  it('is what two workers make of it together: one line of events, and one e-mail', async () => {
    let sendings = 0
    const type = typeOf({
      execute: (_, run) =>
        pipe(
          run.once(mail(run), () => {
            sendings += 1
            return Promise.resolve(E.right(receiptOf(run)))
          }),
          TE.map(() => result),
        ),
    })
    const { id, said, go, state, send } = await stage(type, 2)
    const workers = ['a', 'b'].map((author) => advanceOf(worker(store(), type, { author })))
    await Promise.all(workers.map((advance) => advance(id)))
    // Whoever came too late may have asked a person.
    while ((await state()).status === 'needs_review') {
      await send(decideOutcome('assume_sent'))
      await go()
    }
    expect(await go()).to.deep.equal(ended)
    expect(sendings).to.be.at.most(2)
    const count = async (type: string) => (await said()).filter((one) => one === type).length
    expect([await count('StepCompleted'), await count('ExecutionCompleted')]).to.deep.equal([2, 1])
  })
})
