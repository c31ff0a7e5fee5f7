import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../../src/domain/execution'
import { next, statusOf } from '../../../src/domain/execution/next'
import {
  type Execution,
  type ExecutionState,
  type ExecutionStatus,
  hasEnded,
  waitsForPeople,
} from '../../../src/domain/execution/state'
import * as controls from '../../support/controls'
import { driven, type Moment, tellAll } from '../../support/driven'
import * as run from '../../support/runs'

const plan = Object.values(run.steps)
const anyStep = fc.constantFrom(...plan)

const resend = controls.resume({ decision: 'resend' })
const report = {
  type: 'ReportLostOutcome',
  effect_key: run.emailKey,
  now: run.now,
  fault: run.outcomeUnknown,
} as const
const intend = { type: 'IntendEffect', ...run.sendIntention } as const

/** Every command there is, but the one that is written down each time. */
const commands: fc.Arbitrary<ExecutionCommand> = fc.oneof(
  anyStep.map((step) => controls.startStep(step)),
  anyStep.map((step) => controls.startStep(step, 'worker 2')),
  anyStep.map(controls.completeStep),
  anyStep.map(controls.failStep),
  anyStep.map(controls.failAttempt),
  anyStep.map((step) => controls.skipStep(step)),
  fc.constantFrom<ExecutionCommand>(
    { type: 'CreateExecution', ...run.created.data },
    { type: 'StartExecution' },
    { type: 'CompleteExecution' },
    intend,
    { ...intend, author: 'worker 2/1' },
    { type: 'IntendEffect', ...run.renderIntention },
    { type: 'RecordReceipt', receipt: run.sent },
    { type: 'RecordReceipt', receipt: run.generated },
    { type: 'AbandonEffect', effect_key: run.emailKey, step_id: run.steps.email.step_id, fault: run.unreachable },
    report,
    { type: 'ExpireDocument', document_id: run.documentId, now: controls.later },
  ),
  fc.constantFrom<ExecutionCommand>(
    controls.pause,
    controls.cancel,
    controls.carryOut,
    controls.resume(),
    resend,
    controls.resume({ decision: 'assume_sent', changes: { a: 1 }, recheck: [run.steps.email.node_id] }),
    controls.resume({ approved: false }),
    { type: 'RetryExecution', now: run.now, ...controls.retryAsked() },
    controls.record(0),
    controls.record(0, controls.blocking),
    controls.record(1),
  ),
  fc.constantFrom<ExecutionCommand>(
    { type: 'RequestReview', ...controls.requestOf(), step_id: run.steps.archive.step_id },
    { type: 'RequestReview', ...controls.requestOf(true), step_id: run.steps.archive.step_id },
    controls.openReview,
    controls.decideReview(true),
    controls.decideReview(false),
    { type: 'ExpireReview', review_id: controls.reviewId, now: controls.later },
  ),
)

/** A run that mostly goes forward, with anything else thrown in. */
const inOrder: ReadonlyArray<ExecutionCommand> = [
  { type: 'CreateExecution', ...run.created.data },
  { type: 'StartExecution' },
  controls.record(0),
  ...plan.flatMap((step): ReadonlyArray<ExecutionCommand> => [
    controls.startStep(step),
    ...(step === run.steps.email ? ([intend, { type: 'RecordReceipt', receipt: run.sent }] as const) : []),
    controls.completeStep(step),
  ]),
  { type: 'CompleteExecution' },
]
const retried = anyStep.map((step): ReadonlyArray<ExecutionCommand> => [
  controls.failAttempt(step),
  controls.startStep(step),
])
const lostAndDecided = fc
  .constantFrom('resend' as const, 'assume_sent' as const)
  .map((decision): ReadonlyArray<ExecutionCommand> => [report, controls.resume({ decision }), intend])
const asides = fc.oneof(
  commands.map((command) => [command]),
  retried,
  lostAndDecided,
)
const stories = fc
  .array(fc.tuple(fc.nat(inOrder.length), asides), { maxLength: 12 })
  .map((extras) =>
    inOrder.flatMap((command, i) => [...extras.filter(([at]) => at === i).flatMap(([, aside]) => aside), command]),
  )
/** The more is chosen, the more goes wrong and the more is said. */
const choices = fc.array(fc.nat(1_000), { maxLength: 120 })
const told: fc.Arbitrary<ReadonlyArray<Moment>> = fc.oneof(
  stories.map(tellAll),
  choices.map((chosen) => driven(chosen).moments),
)

/**
 * Source: the product's table of legal edges, the first words of each line. After them what follows from controls, which are accepted in every open
 * state: a pause holds a run wherever it is, and what happens under it (an outcome that is lost or found, a verdict, a review) shows when it does;
 * checks that a resume asks for may block a run that is on its way; a delivery may fail, or be done already, before anything is sent.
 */
const edges: Readonly<Partial<Record<ExecutionStatus, ReadonlyArray<ExecutionStatus>>>> = {
  queued: ['running', 'canceled'],
  running: ['needs_review', 'ready', 'sending', 'signing', 'paused', 'completed', 'failed', 'canceled'],
  needs_review: ['running', 'canceled', 'failed', 'paused'],
  ready: ['sending', 'signing', 'completed', 'canceled', 'paused', 'needs_review', 'running', 'failed'],
  sending: ['sent', 'needs_review', 'failed', 'canceled', 'paused'],
  sent: ['running', 'signing', 'completed', 'canceled', 'paused', 'needs_review'],
  signing: ['signed', 'failed', 'needs_review', 'canceled'],
  signed: ['running', 'completed'],
  paused: ['running', 'canceled', 'needs_review'],
}

const progressOf = (state: ExecutionState): number => (state.status === 'unborn' ? 0 : state.progress)
const isBorn = (state: ExecutionState): state is Execution => state.status !== 'unborn'

const eachMoment = (check: (moment: Moment) => void): void => {
  fc.assert(
    fc.property(told, (moments) => moments.forEach(check)),
    { numRuns: 500 },
  )
}
const eachState = (check: (state: Execution) => void): void =>
  eachMoment(({ after, isWhole }) => {
    if (isBorn(after) && isWhole) check(after)
  })
const instants = [run.now, run.retryAt, controls.expiresAt, controls.later]

describe('any story of a run', () => {
  it('takes legal edges only', () =>
    eachMoment(({ before, event, after }) => {
      if (!isBorn(before) || !isBorn(after) || before.status === after.status) return
      expect(edges[before.status], `${before.status} at ${event.type}`).to.include(after.status)
    }))

  it('shows the status that the rest of it means', () =>
    eachState((state) => {
      expect(state.status).to.equal(statusOf(state))
    }))

  it('never goes back in progress, and is at 100 only when completed', () =>
    eachMoment(({ before, after }) => {
      expect(progressOf(after)).to.be.at.least(progressOf(before))
      expect(progressOf(after) === 100).to.equal(after.status === 'completed')
    }))

  it('ends once: nothing but the word of an effect under way, of its documents’ end and of who goes on follows', () => {
    const late: ReadonlyArray<ExecutionEvent['type']> = [
      'DocumentSent',
      'DocumentGenerated',
      'DocumentSaved',
      'EffectAbandoned',
      'DocumentExpired',
      'ExecutionRetried',
    ]
    eachMoment(({ before, event, after }) => {
      if (!hasEnded(before)) return
      expect(late).to.include(event.type)
      expect(after.status).to.equal(before.status)
    })
  })

  it('waits for nothing and has heard nothing once it has ended', () =>
    eachState((state) => {
      if (hasEnded(state)) expect(state).to.deep.include({ holds: [], requested: undefined })
    }))

  it('sends an e-mail again only after it is known or decided that it was not sent', () => {
    fc.assert(
      fc.property(told, (moments) => {
        let free = true
        for (const { event } of moments) {
          if (event.type === 'EffectIntended' && event.data.kind === 'email') {
            expect(free).to.equal(true)
            free = false
          }
          if (event.type === 'EffectAbandoned') free = true
          if (event.type === 'DeliveryOutcomeDecided' && event.data.decision === 'resend') free = true
          if (event.type === 'DocumentSent') free = false
        }
      }),
      { numRuns: 500 },
    )
  })

  it('begins nothing while it is held, is asked to cease, or has ended', () =>
    eachMoment(({ before, event }) => {
      if (event.type !== 'EffectIntended' && event.type !== 'StepStarted' && event.type !== 'StepSkipped') return
      if (!isBorn(before)) throw new Error('nothing is begun before the run is')
      expect([before.life, before.requested, waitsForPeople(before)]).to.deep.equal(['running', undefined, false])
    }))

  it('has one answer to a hold at most of each kind, but for outcomes, of which each is of another effect', () =>
    eachState(({ holds }) => {
      const ids = holds.map((hold) => (hold.kind === 'outcome_lost' ? hold.effect_key : hold.kind))
      expect(ids).to.deep.equal([...new Set(ids)])
    }))

  it('is silent when a command is repeated at once, or refuses it', () => {
    fc.assert(
      fc.property(told, commands, (moments, command) => {
        const state = moments.at(-1)?.after ?? execution.initialState
        const first = execution.decide(command)(state)
        if (E.isLeft(first)) return
        const second = execution.decide(command)(first.right.reduce(execution.evolve, state))
        expect(E.isLeft(second) || second.right.length === 0).to.equal(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('what is next', () => {
  it('is no step, no check and no skip while the run is held for people or asked to cease', () =>
    eachState((state) => {
      if (!waitsForPeople(state) && state.requested === undefined) return
      for (const now of instants) {
        const todo = next(state, now)
        expect(todo._tag).to.be.oneOf(['Ended', 'Decide', 'Wait'])
        if (todo._tag === 'Decide') expect(todo.command.type).to.be.oneOf(['CarryOutRequest', 'ExpireReview'])
      }
    }))

  it('is accepted, and something comes of it: no run turns on the spot', () =>
    eachState((state) => {
      for (const now of instants) {
        const todo = next(state, now)
        const command =
          todo._tag === 'Decide'
            ? todo.command
            : todo._tag === 'Check'
              ? controls.record(state.preflight.round, [], todo.nodes)
              : todo._tag === 'Run'
                ? controls.startStep(todo.step, 'worker 3')
                : undefined
        if (command === undefined) continue
        const decided = execution.decide(command)(state)
        expect(E.isRight(decided) && decided.right.length, `${command.type} at ${state.status}`).to.be.greaterThan(0)
      }
    }))

  it('leads every run to its end, or to where a person has to say something', () => {
    fc.assert(
      fc.property(choices, (chosen) => {
        const { state, now } = driven(chosen)
        const todo = next(state, now)
        if (todo._tag === 'Ended') expect(hasEnded(state)).to.equal(true)
        else expect(waitsForPeople(state), todo._tag).to.equal(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('completes the run when all goes well', () => {
    const { state } = driven([])
    expect(state).to.include({ status: 'completed', progress: 100 })
  })
})
