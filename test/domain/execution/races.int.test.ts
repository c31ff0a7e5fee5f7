import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { commandHandler } from '../../../src/domain/command-handler'
import type { EventStore } from '../../../src/domain/event-store'
import { execution, type ExecutionCommand, executionStream } from '../../../src/domain/execution'
import { createRetry } from '../../../src/domain/execution/create-retry'
import { retryIdOf } from '../../../src/domain/execution/retry'
import type { Execution, ExecutionState } from '../../../src/domain/execution/state'
import { derivedId, ExecutionId } from '../../../src/domain/ids'
import { load } from '../../../src/domain/load'
import * as controls from '../../support/controls'
import { eventStoreForTests } from '../../support/event-store'
import * as run from '../../support/runs'
import { contextOf, right } from '../../support/send'

const times = [1, 2, 3, 4, 5]

/** One run on a real log, spoken to by people and by a worker at once. */
const runOn = (store: EventStore) => {
  const id = derivedId(ExecutionId, randomUUID(), 'run')
  const [trigger, render, email, archive] = run.planOf(id)
  const steps = { trigger: trigger!, render: render!, email: email!, archive: archive! }
  const stream = executionStream(id)
  const send = (command: ExecutionCommand, context = contextOf(run.organizationId)) =>
    commandHandler(store)(execution)(stream, command, context)()
  const must = async (...commands: ReadonlyArray<ExecutionCommand>) => {
    for (const command of commands) right(await send(command))
  }
  const told = async () => right(await load(store)(execution)(stream)())
  const state = async (): Promise<Execution> => {
    const { state: now } = await told()
    return now.status === 'unborn' ? expect.fail('no run') : now
  }
  const types = async () => (await told()).history.map(({ type }) => type)
  const worked = (step: (typeof steps)['email']) => [controls.startStep(step), controls.completeStep(step)]
  /** Up to the e-mail at work. */
  const sending = () =>
    must(
      { type: 'CreateExecution', ...run.created.data, execution_id: id, plan: run.planOf(id) },
      { type: 'StartExecution' },
      ...worked(steps.trigger),
      ...worked(steps.render),
      controls.startStep(steps.email),
    )
  const intend: ExecutionCommand = {
    type: 'IntendEffect',
    ...run.sendIntention,
    effect_key: `${steps.email.step_id}/email`,
    step_id: steps.email.step_id,
  }
  return { id, steps, send, must, state, types, sending, worked, intend }
}

type Answer = E.Either<{ readonly _tag: string }, { readonly state: ExecutionState }>
const answered = (answer: Answer): string => (E.isLeft(answer) ? answer.left._tag : answer.right.state.status)

describe('commands that meet on the log', () => {
  const store = eventStoreForTests()

  it('cancel and the end of a step: both are carried out, in either order, and nothing begins after', async () => {
    for (const _ of times) {
      const { steps, send, sending, state, types } = runOn(store())
      await sending()
      const answers = await Promise.all([send(controls.cancel), send(controls.completeStep(steps.email))])
      expect(answers.every(E.isRight), answers.map(answered).join()).to.equal(true)
      expect((await state()).status).to.equal('canceled')
      expect((await types()).slice(-2)).to.include('ExecutionCanceled')
      expect(answered(await send(controls.startStep(steps.archive)))).to.equal('ExecutionAlreadyEnded')
    }
  }).timeout(60_000)

  it('cancel and an intention: an e-mail is meant before the cancel, or not at all', async () => {
    for (const _ of times) {
      const { steps, send, sending, state, types, intend } = runOn(store())
      await sending()
      const [canceled, intended] = await Promise.all([send(controls.cancel), send(intend)])
      expect(E.isRight(canceled)).to.equal(true)
      const order = (await types()).filter((type) => ['EffectIntended', 'CancelRequested'].includes(type))
      expect(order).to.deep.equal(
        E.isRight(intended) ? ['EffectIntended', 'CancelRequested'] : ['CancelRequested'],
        answered(intended),
      )
      if (E.isLeft(intended)) expect(intended.left).to.deep.equal({ _tag: 'RequestHeard', control: 'cancel' })
      right(await send(controls.completeStep(steps.email)))
      expect((await state()).status).to.equal('canceled')
    }
  }).timeout(60_000)

  it('two resumes that say the same: both are answered, one is in the log', async () => {
    for (const _ of times) {
      const { steps, must, send, sending, types } = runOn(store())
      await sending()
      await must(controls.completeStep(steps.email), controls.pause)
      const answers = await Promise.all([send(controls.resume()), send(controls.resume())])
      expect(answers.every(E.isRight), answers.map(answered).join()).to.equal(true)
      expect((await types()).filter((type) => type === 'ExecutionResumed')).to.have.length(1)
    }
  }).timeout(60_000)

  it('two resumes that say different things: one is heard, the other refused', async () => {
    for (const _ of times) {
      const { steps, must, send, sending, state } = runOn(store())
      await sending()
      await must(controls.completeStep(steps.email), controls.pause)
      const said = [{ deal_id: '1' }, { deal_id: '2' }]
      const answers = await Promise.all(said.map((changes) => send(controls.resume({ changes }))))
      const heard = answers.findIndex(E.isRight)
      expect(answers.filter(E.isRight)).to.have.length(1)
      expect((await state()).triggerData).to.deep.equal(said[heard])
    }
  }).timeout(60_000)

  it('pause and completion: completed, or paused and not completed', async () => {
    for (const _ of times) {
      const { steps, must, send, sending, state, worked } = runOn(store())
      await sending()
      await must(controls.completeStep(steps.email), ...worked(steps.archive))
      const [paused, completed] = await Promise.all([send(controls.pause), send({ type: 'CompleteExecution' })])
      const { status } = await state()
      expect([E.isRight(paused), E.isRight(completed)]).to.deep.equal(
        status === 'paused' ? [true, false] : [false, true],
      )
      expect(status).to.be.oneOf(['paused', 'completed'])
    }
  }).timeout(60_000)

  it('retries with one key and with others, and the reactor: one new run, created once', async () => {
    for (const _ of times) {
      const { id, steps, must, send, sending, types } = runOn(store())
      await sending()
      await must(controls.failStep(steps.email))
      const retry: ExecutionCommand = {
        type: 'RetryExecution',
        ...controls.retryAsked(run.planOf(id)),
        execution_id: retryIdOf(id),
        from_step: 3,
        now: run.now,
      }
      const key = contextOf(run.organizationId)
      const answers = await Promise.all([send(retry, key), send(retry, key), send(retry)])
      expect(answers.every(E.isRight), answers.map(answered).join()).to.equal(true)
      expect((await types()).filter((type) => type === 'ExecutionRetried')).to.have.length(1)
      const created = await Promise.all(times.map(() => createRetry(store())(id)()))
      const [first, ...others] = created.map(right)
      expect(first?.executionId).to.equal(retryIdOf(id))
      for (const other of others) expect(other).to.deep.equal(first)
      const { history } = right(await load(store())(execution)(executionStream(retryIdOf(id)))())
      expect(history.map(({ type }) => type)).to.deep.equal(['ExecutionCreated', 'StepReused', 'StepReused'])
    }
  }).timeout(60_000)

  it('retries that say different things: one is heard', async () => {
    const { id, steps, must, send, sending } = runOn(store())
    await sending()
    await must(controls.failStep(steps.email))
    const asked = { ...controls.retryAsked(run.planOf(id)), execution_id: retryIdOf(id), now: run.now }
    const answers = await Promise.all(
      [1, 2, 3].map((from_step) => send({ type: 'RetryExecution', ...asked, from_step })),
    )
    expect(answers.filter(E.isRight)).to.have.length(1)
    expect(answers.filter(E.isLeft).map(answered)).to.deep.equal(['RetriedAlready', 'RetriedAlready'])
  }).timeout(60_000)
})
