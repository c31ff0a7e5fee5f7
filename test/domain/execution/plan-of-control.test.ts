import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../../src/domain/execution'
import { next } from '../../../src/domain/execution/next'
import { type ControlCommand, planOfControl } from '../../../src/domain/execution/plan-of-control'
import type { Receipt } from '../../../src/domain/execution/receipts'
import { retryIdOf, retryOf } from '../../../src/domain/execution/retry'
import {
  type Effect,
  type Execution,
  type ExecutionState,
  hasEnded,
  type Step,
  stepAtWork,
  waitsForPeople,
} from '../../../src/domain/execution/state'
import type { NodeId } from '../../../src/domain/ids'
import { executionIds, runEvents } from '../../support/arbitraries'
import * as controls from '../../support/controls'
import * as run from '../../support/runs'

const fold = (events: ReadonlyArray<ExecutionEvent>, from: ExecutionState = execution.initialState): Execution => {
  const state = events.reduce(execution.evolve, from)
  if (state.status === 'unborn') throw new Error('no run')
  return state
}

/** Does what a run says is next, well, and keeps what it did. */
const simulatedWorker = (born: Execution, before: Execution) => {
  let state = born
  let now = run.now
  const worked: Array<number> = []
  const checked = new Set<NodeId>()
  const intended = new Set<string>()

  const give = (command: ExecutionCommand): void => {
    const decided = execution.decide(command)(state)
    if (E.isLeft(decided)) throw new Error(`${command.type} refused: ${decided.left._tag}`)
    state = fold(decided.right, state)
  }
  const receiptOf = ({ kind }: Effect, effect_key: string, { step_id }: Step): Receipt => {
    const at = { effect_key, step_id }
    if (kind === 'document') return { type: 'DocumentGenerated', data: { ...run.generated.data, ...at } }
    if (kind === 'email') return { type: 'DocumentSent', data: { ...run.sent.data, ...at } }
    return { type: 'InvitationSent', data: { ...controls.invited('a1').data, ...at } }
  }
  /** What the step has done or meant to do before, in this run or the one that it goes on for. */
  const effectsOf = (step: Step): ReadonlyArray<Effect> => {
    const old = before.steps.find(({ node_id }) => node_id === step.node_id)
    return Object.values(before.effects).filter(({ step_id }) => step_id === old?.step_id)
  }
  const once = (step: Step) => (effect: Effect) => {
    const effect_key = effect.effect_key.replace(effect.step_id, step.step_id)
    const known = state.effects[effect_key]
    if (known?.status === 'done') return
    const { kind, repeatable } = effect
    if (known?.status !== 'intended') intended.add(effect.effect_key)
    const author = known?.status === 'intended' ? (known.author ?? '') : run.attemptAuthor
    give({ type: 'IntendEffect', effect_key, step_id: step.step_id, kind, repeatable, author })
    give({ type: 'RecordReceipt', receipt: receiptOf(effect, effect_key, step) })
  }
  const work = (step: Step): void => {
    worked.push(step.position)
    give(controls.startStep(step, step.author))
    effectsOf(step).forEach(once(step))
    give(controls.completeStep(step))
  }
  const steps = (): void => {
    for (let looks = 0; looks < 100; looks += 1) {
      const atWork = stepAtWork(state)
      const isAtWork = state.requested !== undefined && atWork !== undefined && !waitsForPeople(state)
      if (isAtWork) give(controls.completeStep(atWork))
      const todo = next(state, now)
      if (todo._tag === 'Decide') give(todo.command)
      else if (todo._tag === 'Check') {
        todo.nodes.forEach((node) => checked.add(node))
        give({
          ...controls.record(state.preflight.round, [], todo.nodes),
          execution_id: state.executionId,
        } as ExecutionCommand)
      } else if (todo._tag === 'Run') work(todo.step)
      else if (todo._tag === 'Wait' && !hasEnded(state) && state.holds.every(({ kind }) => kind === 'retry_due'))
        now = todo.until ?? now
      else return
    }
    throw new Error('the run does not come to an end')
  }
  steps()
  return { state, worked, checked, intended }
}

const anyControl = fc.oneof(
  fc.constant(() => controls.pause),
  fc.constant(() => controls.cancel),
  fc
    .record({
      approved: fc.boolean(),
      decision: fc.constantFrom(null, 'resend' as const, 'assume_sent' as const),
      changes: fc.constantFrom({}, { deal_id: '124' }),
      rechecked: fc.nat(5),
    })
    .map(
      ({ rechecked, ...said }) =>
        ({ steps }: Execution) =>
          controls.resume({
            ...said,
            recheck: steps
              .filter(({ status }) => status !== 'success')
              .map(({ node_id }) => node_id)
              .slice(0, rechecked),
          }),
    ),
  fc
    .record({ from_step: fc.integer({ min: 1, max: 5 }), repeat_effects: fc.constantFrom(null, true, false) })
    .map((said) => ({ steps, executionId }: Execution): ExecutionCommand => ({
      type: 'RetryExecution',
      ...controls.retryAsked(steps),
      ...said,
      execution_id: retryIdOf(executionId),
      now: run.now,
    })),
) as fc.Arbitrary<(run: Execution) => ControlCommand>

const keysOf = (effects: ReadonlyArray<Effect>) => effects.map(({ effect_key }) => effect_key).sort()
const at = ({ steps }: Execution, positions: ReadonlyArray<number>) =>
  steps.filter(({ position }) => positions.includes(position)).map(({ node_id }) => node_id)

const isKnown =
  (control: ControlCommand) =>
  ({ status, repeatable }: Effect) =>
    status === 'done' ||
    status === 'lost' ||
    (control.type === 'RetryExecution' && status === 'intended' && !repeatable)

describe('the plan of a control', () => {
  const [id] = executionIds

  it('is what happens when a worker then carries the run on', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(runEvents(id!), anyControl, (events, controlOf) => {
        const before = fold(events)
        fc.pre(before.requested === undefined || stepAtWork(before) !== undefined)
        const control = controlOf(before)
        const plan = planOfControl(before, control)
        const decided = execution.decide(control)(before)
        if (E.isLeft(decided)) return void expect(plan).to.deep.equal(decided)
        if (E.isLeft(plan)) return expect.fail(plan.left._tag)
        const { steps, reused, repeated, skipped, checks, then } = plan.right
        const after = fold(decided.right, before)
        const create = control.type === 'RetryExecution' ? retryOf(after) : undefined
        const born =
          create === undefined ? after : fold(E.getOrElseW(() => [])(execution.decide(create)(execution.initialState)))
        const { state, worked, checked, intended } = simulatedWorker(born, before)
        seen.set(`${control.type} ${then}`, (seen.get(`${control.type} ${then}`) ?? 0) + 1)

        expect(
          steps.map(({ position }) => position),
          'steps',
        ).to.deep.equal(worked)
        expect(checks.map(({ node_id }) => node_id).sort(), 'checks').to.deep.equal([...checked].sort())
        const known = Object.values(before.effects).filter(isKnown(control))
        const ofWorked = known.filter(({ step_id }) => {
          const node = before.steps.find((step) => step.step_id === step_id)?.node_id
          return node !== undefined && at(born, worked).includes(node)
        })
        expect(keysOf(repeated), 'repeated').to.deep.equal(
          keysOf(ofWorked.filter((effect) => intended.has(effect.effect_key))),
        )
        expect(keysOf(skipped), 'skipped').to.deep.equal(
          keysOf(ofWorked.filter((effect) => !intended.has(effect.effect_key))),
        )
        for (const { node_id, output } of reused)
          expect(state.steps.find((step) => step.node_id === node_id)?.output).to.deep.equal(output)
        expect(then, 'then').to.equal(after.requested === undefined ? state.status : `${state.status}_when_step_ends`)
      }),
      { numRuns: 1_500 },
    )
    for (const reached of [
      'PauseExecution paused',
      'PauseExecution paused_when_step_ends',
      'CancelExecution canceled',
      'CancelExecution canceled_when_step_ends',
      'ResumeExecution completed',
      'ResumeExecution canceled',
      'RetryExecution completed',
    ])
      expect(seen.get(reached) ?? 0, reached).to.be.greaterThan(0)
  }).timeout(60_000)
})
