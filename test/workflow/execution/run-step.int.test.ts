import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { fault } from '../../../src/domain/fault'
import type { StepFault, StepRun, StepStop } from '../../../src/nodes/step-run'
import type { RunnableType } from '../../../src/workflow/execution/attempt'
import { runStep } from '../../../src/workflow/execution/run-step'
import { eventStoreForTests } from '../../support/event-store'
import { sent, unreachable } from '../../support/runs'
import { until } from '../../support/until'
import { stageRun } from './stage'

type Services = Pick<StepRun, 'blobs' | 'secrets' | 'docx' | 'outgoing'>
/** The node types of these tests ask for nothing. */
const services = {} as Services

const stepFault = (retryable: boolean): StepFault => ({ _tag: 'StepFault', retryable, fault: unreachable })
const result = { output: { n: 7 }, personal: { name: 'Ana' } }

const gate = () => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open: () => open(), opened }
}

const bug = (): never => {
  throw new Error('a bug')
}

const typeOf = (change: Partial<RunnableType>): RunnableType => ({
  attempts: 3,
  timeoutMs: 5_000,
  input: () => E.right({ asked: true }),
  execute: () => TE.of(result),
  ...change,
})

describe('an attempt at a step', () => {
  const store = eventStoreForTests()

  const stage = async (type: RunnableType, nodes: ReadonlyArray<string> = ['test']) => {
    const run = await stageRun(store(), nodes)
    await run.tell({ type: 'StartExecution' })
    const before = (await run.types()).length
    const deps = {
      log: store(),
      services,
      newAuthor: randomUUID,
      nodeType: (name: string) => (name === 'test' ? type : undefined),
    }
    return {
      ...run,
      attempt: (position = 1) => runStep(deps)(run.id, run.stepIds[position - 1]!)(),
      said: async () => (await run.types()).slice(before),
    }
  }

  it('that succeeds completes it, and is not made again', async () => {
    let made = 0
    const type = typeOf({
      execute: () => {
        made += 1
        return TE.of(result)
      },
    })
    const { attempt, said, state } = await stage(type)
    expect(await attempt()).to.deep.equal(E.right('completed'))
    expect(await attempt()).to.deep.equal(E.right('completed'))
    expect([await said(), made]).to.deep.equal([['StepStarted', 'StepCompleted'], 1])
    expect((await state()).steps[0]).to.deep.include({ status: 'success', output: { n: 7, name: 'Ana' } })
  })

  it('sees the trigger’s data and what the steps before gave', async () => {
    const seen: Array<StepRun['references']> = []
    const type = typeOf({
      execute: (_, { references }) => {
        seen.push(references)
        return TE.of(result)
      },
    })
    const { attempt } = await stage(type, ['test', 'test'])
    await attempt(1)
    await attempt(2)
    expect(seen[1]).to.deep.equal({ trigger: { name: 'Ana' }, step: { 1: { n: 7, name: 'Ana' }, 2: {} } })
  })

  it('is not made before its turn', async () => {
    const { attempt, said } = await stage(typeOf({}), ['test', 'test'])
    expect(await attempt(2)).to.deep.equal(E.left({ _tag: 'StepOutOfTurn' }))
    expect(await said()).to.deep.equal([])
  })

  it('that may succeed later is made again, each time later, and then fails for good', async () => {
    const { attempt, said, state } = await stage(typeOf({ execute: () => TE.left(stepFault(true)) }))
    const later = (inMs: number) => E.left({ _tag: 'RetryLater', inMs, code: 'delivery.smtp_unreachable' })
    expect(await attempt()).to.deep.equal(later(1_000))
    expect(await attempt()).to.deep.equal(later(2_000))
    expect(await attempt()).to.deep.equal(E.right('failed'))
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
    expect(await attempt()).to.deep.equal(E.right('failed'))
  })

  it('that cannot succeed ends the run', async () => {
    const { attempt, said } = await stage(typeOf({ execute: () => TE.left(stepFault(false)) }))
    expect(await attempt()).to.deep.equal(E.right('failed'))
    expect(await said()).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
  })

  it('is not counted while a part of docg is away', async () => {
    let away = true
    const type = typeOf({
      execute: () => (away ? TE.left({ _tag: 'Unavailable', reason: 'files' }) : TE.of(result)),
    })
    const { attempt, said } = await stage(type)
    for (let n = 0; n < 5; n += 1)
      expect(await attempt()).to.deep.equal(E.left({ _tag: 'Unavailable', reason: 'files' }))
    away = false
    expect(await attempt()).to.deep.equal(E.right('completed'))
    expect(await said()).to.deep.equal(['StepStarted', 'StepCompleted'])
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
    it(`that ${what} ends the run with ${code}`, async () => {
      const { attempt, events, said } = await stage(typeOf(change))
      expect(await attempt()).to.deep.equal(E.right('failed'))
      expect(await said()).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
      const last = (await events()).at(-1)
      expect(last?.type === 'ExecutionFailed' && last.data.fault.code).to.equal(code)
    })

  it('of a type that this version does not have ends the run', async () => {
    const { attempt, said } = await stage(typeOf({}), ['from-the-future'])
    expect(await attempt()).to.deep.equal(E.right('failed'))
    expect(await said()).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
  })

  it('that was given up does not meddle with the effect of the next', async () => {
    const gates = [gate(), gate()]
    const works: Promise<unknown>[] = []
    const type = typeOf({
      attempts: 2,
      timeoutMs: 1_000,
      execute: (_, run) => () => {
        const effect_key = run.effectKey('mail')
        const receipt = { ...sent, data: { ...sent.data, effect_key, step_id: run.step.step_id } }
        const [first, second] = gates
        const wanted = { effect_key, kind: 'email', repeatable: false } as const
        const work =
          run.step.attempt === 1
            ? first!.opened.then(() => run.once(wanted, TE.of(receipt))())
            : run.once(wanted, () => second!.opened.then(() => E.right(receipt)))()
        works.push(work)
        return work.then(E.map(() => result))
      },
    })
    const { attempt, said } = await stage(type)
    expect(E.isLeft(await attempt())).to.equal(true)
    const next = attempt()
    await until(async () => (await said()).includes('EffectIntended'))
    gates[0]!.open()
    await works[0]
    gates[1]!.open()
    expect(await next).to.deep.equal(E.right('completed'))
    expect((await said()).slice(2)).to.deep.equal(['StepStarted', 'EffectIntended', 'DocumentSent', 'StepCompleted'])
  })

  it('waits for a person where one has to decide, and goes on when he has', async () => {
    let told: StepStop | undefined = { _tag: 'OutcomeLost' }
    const lost = fault('delivery.outcome_unknown', { label: 'Send' }, 'cut')
    const type = typeOf({
      execute: (_, run) => {
        const effect_key = run.effectKey('mail')
        const receipt = { ...sent, data: { ...sent.data, effect_key, step_id: run.step.step_id } }
        const cut = {
          _tag: 'EffectFault' as const,
          happened: 'unknown' as const,
          fault: { _tag: 'StepFault' as const, retryable: false, fault: lost },
        }
        return pipe(
          run.once(
            { effect_key, kind: 'email', repeatable: false },
            told === undefined ? TE.of(receipt) : TE.left(cut),
          ),
          TE.map(() => result),
        )
      },
    })
    const { attempt, state, tell, said } = await stage(type)
    expect(await attempt()).to.deep.equal(E.right('needs_review'))
    expect(await attempt()).to.deep.equal(E.right('needs_review'))
    expect((await state()).status).to.equal('needs_review')
    await tell({ type: 'DecideOutcome', decision: 'resend' })
    told = undefined
    expect(await attempt()).to.deep.equal(E.right('completed'))
    expect(await said()).to.deep.equal([
      'StepStarted',
      'EffectIntended',
      'DeliveryOutcomeLost',
      'DeliveryOutcomeDecided',
      'EffectIntended',
      'DocumentSent',
      'StepCompleted',
    ])
  })

  it('is what two workers make of it together: one line of events', async () => {
    const { attempt, said } = await stage(typeOf({}))
    const outcomes = await Promise.all([attempt(), attempt(), attempt()])
    expect(outcomes).to.deep.equal([E.right('completed'), E.right('completed'), E.right('completed')])
    expect(await said()).to.deep.equal(['StepStarted', 'StepCompleted'])
  })
})
