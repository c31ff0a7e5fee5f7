import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { execution } from '../../../src/domain/execution'
import type { ExecutionCommand } from '../../../src/domain/execution/commands'
import type { ExecutionEvent } from '../../../src/domain/execution/events'
import type { ExecutionState, ExecutionStatus } from '../../../src/domain/execution/state'
import * as run from '../../support/runs'

const stepIds = Object.values(run.steps).map(({ step_id }) => step_id)
const step = fc.constantFrom(...stepIds)

const commands: fc.Arbitrary<ExecutionCommand> = fc.oneof(
  fc.constant<ExecutionCommand>({ type: 'CreateExecution', ...run.created.data }),
  fc.constant<ExecutionCommand>({ type: 'StartExecution' }),
  fc.constant<ExecutionCommand>({ type: 'CompleteExecution' }),
  step.map((step_id): ExecutionCommand => ({ type: 'StartStep', step_id, data_in: {} })),
  step.map((step_id): ExecutionCommand => ({ type: 'CompleteStep', step_id, output: {}, personal: { output: {} } })),
  step.map((step_id): ExecutionCommand => ({ type: 'FailStep', step_id, fault: run.refused })),
  step.map((step_id): ExecutionCommand => ({
    type: 'RecordFailedAttempt',
    step_id,
    attempts_at_most: 3,
    retry_in_ms: 1,
    fault: run.unreachable,
  })),
  fc.constantFrom<ExecutionCommand>(
    { type: 'IntendEffect', ...run.sendIntention },
    { type: 'IntendEffect', ...run.renderIntention },
    { type: 'RecordReceipt', receipt: run.sent },
    { type: 'RecordReceipt', receipt: run.generated },
    { type: 'AbandonEffect', effect_key: run.emailKey, step_id: run.steps.email.step_id, fault: run.unreachable },
    { type: 'ReportLostOutcome', effect_key: run.emailKey, fault: run.outcomeUnknown },
    { type: 'DecideOutcome', decision: 'resend' },
    { type: 'DecideOutcome', decision: 'assume_sent' },
  ),
)

/** A run that mostly goes forward, with anything else thrown in. */
const inOrder: ReadonlyArray<ExecutionCommand> = [
  { type: 'CreateExecution', ...run.created.data },
  { type: 'StartExecution' },
  ...stepIds.flatMap((step_id): ReadonlyArray<ExecutionCommand> => [
    { type: 'StartStep', step_id, data_in: {} },
    ...(step_id === run.steps.email.step_id
      ? ([
          { type: 'IntendEffect', ...run.sendIntention },
          { type: 'RecordReceipt', receipt: run.sent },
        ] as const)
      : []),
    { type: 'CompleteStep', step_id, output: {}, personal: { output: {} } },
  ]),
  { type: 'CompleteExecution' },
]
const retried = step.map((step_id): ReadonlyArray<ExecutionCommand> => [
  { type: 'RecordFailedAttempt', step_id, attempts_at_most: 3, retry_in_ms: 1, fault: run.unreachable },
  { type: 'StartStep', step_id, data_in: {} },
])
const lostAndDecided = fc
  .constantFrom('resend' as const, 'assume_sent' as const)
  .map((decision): ReadonlyArray<ExecutionCommand> => [
    { type: 'ReportLostOutcome', effect_key: run.emailKey, fault: run.outcomeUnknown },
    { type: 'DecideOutcome', decision },
    { type: 'IntendEffect', ...run.sendIntention },
  ])
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

type Moment = { readonly before: ExecutionState; readonly event: ExecutionEvent; readonly after: ExecutionState }

const tellAll = (story: ReadonlyArray<ExecutionCommand>): ReadonlyArray<Moment> => {
  let state = execution.initialState
  return story.flatMap((command) => {
    const decided = execution.decide(command)(state)
    return E.isLeft(decided)
      ? []
      : decided.right.map((event) => {
          const before = state
          state = execution.evolve(state, event)
          return { before, event, after: state }
        })
  })
}

/** Source: the product's table of legal edges. */
const edges: Readonly<Partial<Record<ExecutionStatus, ReadonlyArray<ExecutionStatus>>>> = {
  queued: ['running', 'canceled'],
  running: ['needs_review', 'ready', 'sending', 'signing', 'paused', 'completed', 'failed', 'canceled'],
  needs_review: ['running', 'canceled', 'failed'],
  ready: ['sending', 'signing', 'completed', 'canceled'],
  sending: ['sent', 'needs_review', 'failed', 'canceled'],
  sent: ['running', 'signing', 'completed'],
  signing: ['signed', 'failed', 'needs_review', 'canceled'],
  signed: ['running', 'completed'],
  paused: ['running', 'canceled'],
}

const progressOf = (state: ExecutionState): number => (state.status === 'unborn' ? 0 : state.progress)

describe('any story of a run', () => {
  it('takes legal edges only', () => {
    fc.assert(
      fc.property(stories, (story) => {
        for (const { before, event, after } of tellAll(story)) {
          if (before.status === 'unborn' || after.status === 'unborn' || before.status === after.status) continue
          expect(edges[before.status], `${before.status} at ${event.type}`).to.include(after.status)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('never goes back in progress, and is at 100 only when completed', () => {
    fc.assert(
      fc.property(stories, (story) => {
        for (const { before, after } of tellAll(story)) {
          expect(progressOf(after)).to.be.at.least(progressOf(before))
          expect(progressOf(after) === 100).to.equal(after.status === 'completed')
        }
      }),
      { numRuns: 300 },
    )
  })

  it('ends once: nothing but the word of an effect under way follows', () => {
    const late: ReadonlyArray<ExecutionEvent['type']> = [
      'DocumentSent',
      'DocumentGenerated',
      'DocumentSaved',
      'EffectAbandoned',
    ]
    fc.assert(
      fc.property(stories, (story) => {
        for (const { before, event, after } of tellAll(story)) {
          if (before.status !== 'completed' && before.status !== 'failed') continue
          expect(late).to.include(event.type)
          expect(after.status).to.equal(before.status)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('sends an e-mail again only after it is known or decided that it was not sent', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let free = true
        for (const { event } of tellAll(story)) {
          if (event.type === 'EffectIntended' && event.data.effect_key === run.emailKey) {
            expect(free).to.equal(true)
            free = false
          }
          if (event.type === 'EffectAbandoned') free = true
          if (event.type === 'DeliveryOutcomeDecided' && event.data.decision === 'resend') free = true
          if (event.type === 'DocumentSent') free = false
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is silent when a command is repeated at once, or refuses it', () => {
    fc.assert(
      fc.property(stories, commands, (story, command) => {
        const state = tellAll(story).at(-1)?.after ?? execution.initialState
        const first = execution.decide(command)(state)
        if (E.isLeft(first)) return
        const second = execution.decide(command)(first.right.reduce(execution.evolve, state))
        expect(E.isLeft(second) || second.right.length === 0).to.equal(true)
      }),
      { numRuns: 300 },
    )
  })
})
