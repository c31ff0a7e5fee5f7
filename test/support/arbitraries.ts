import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { Recorded } from '../../src/domain/event-store'
import { execution, type ExecutionCommand, type ExecutionEvent, executionStream } from '../../src/domain/execution'
import type { PlannedStep } from '../../src/domain/execution/plan'
import { retryIdOf, retryOf } from '../../src/domain/execution/retry'
import { derivedId, DocumentId, EventId, ExecutionId, stepIdOf } from '../../src/domain/ids'
import { revision } from '../../src/domain/position'
import * as controls from './controls'
import * as run from './runs'

type Told = (of: ExecutionId, plan: ReadonlyArray<PlannedStep>) => ReadonlyArray<ExecutionCommand>

const emailKey = ({ step_id }: PlannedStep) => `${step_id}/email`
const last = (plan: ReadonlyArray<PlannedStep>, i: number): PlannedStep => plan[i % plan.length]!
const emailOf = (plan: ReadonlyArray<PlannedStep>): PlannedStep => plan.find(({ node_type }) => node_type === 'email')!
const renderOf = (plan: ReadonlyArray<PlannedStep>): PlannedStep => plan.find(({ phase }) => phase === 'render')!
const reviewOf = (plan: ReadonlyArray<PlannedStep>): PlannedStep => plan.find(({ kind }) => kind === 'human')!

const startStep = ({ step_id, label }: PlannedStep, author = run.worker): ExecutionCommand => ({
  type: 'StartStep',
  step_id,
  author,
  data_in: { label },
})
const completeStep = ({ step_id, position }: PlannedStep): ExecutionCommand => ({
  type: 'CompleteStep',
  step_id,
  output: { position },
  personal: { output: { name: 'Ana' } },
})
const intendEmail = (step: PlannedStep): ExecutionCommand => ({
  type: 'IntendEffect',
  ...run.sendIntention,
  effect_key: emailKey(step),
  step_id: step.step_id,
})
const emailSent = (step: PlannedStep, rejected: ReadonlyArray<string>): ExecutionCommand => ({
  type: 'RecordReceipt',
  receipt: {
    type: 'DocumentSent',
    data: {
      ...run.sent.data,
      effect_key: emailKey(step),
      step_id: step.step_id,
      personal: { ...run.sent.data.personal, rejected },
    },
  },
})
const documentOf = ({ step_id }: PlannedStep) => derivedId(DocumentId, step_id, 'document')
const generate = (step: PlannedStep): ReadonlyArray<ExecutionCommand> => {
  const at = { effect_key: `${step.step_id}/document`, step_id: step.step_id }
  return [
    { type: 'IntendEffect', ...run.renderIntention, ...at },
    {
      type: 'RecordReceipt',
      receipt: {
        type: 'DocumentGenerated',
        data: { ...run.generated.data, ...at, document_id: documentOf(step), expires_at: controls.expiresAt },
      },
    },
  ]
}
const effectsOf = (step: PlannedStep): ReadonlyArray<ExecutionCommand> =>
  step.node_type === 'email' ? [intendEmail(step), emailSent(step, [])] : step.phase === 'render' ? generate(step) : []

const check = (of: ExecutionId, plan: ReadonlyArray<PlannedStep>, round: number, findings: Findings = []) =>
  ({ ...controls.record(round, findings, controls.nodesOf(plan)), execution_id: of }) as ExecutionCommand
type Findings = Parameters<typeof controls.verdict>[0]

const reviewIdOf = ({ step_id }: PlannedStep) => `${step_id}/review`
const requestReview = (step: PlannedStep, auto_approve = false): ExecutionCommand => ({
  type: 'RequestReview',
  ...controls.requestOf(auto_approve),
  review_id: reviewIdOf(step),
  step_id: step.step_id,
})
const invite = (step: PlannedStep): ReadonlyArray<ExecutionCommand> => {
  const at = { effect_key: `${step.step_id}/invitation/a1`, step_id: step.step_id }
  return [
    { type: 'IntendEffect', ...controls.invitation('a1'), ...at },
    {
      type: 'RecordReceipt',
      receipt: { type: 'InvitationSent', data: { ...controls.invited('a1').data, ...at, review_id: reviewIdOf(step) } },
    },
  ]
}
const openReview = (step: PlannedStep): ExecutionCommand => ({
  ...controls.openReview,
  review_id: reviewIdOf(step),
})
const askPeople = (step: PlannedStep, auto_approve = false): ReadonlyArray<ExecutionCommand> => [
  requestReview(step, auto_approve),
  ...invite(step),
  openReview(step),
]

/** What happens when nothing goes wrong. */
const inOrder: Told = (of, plan) => [
  { type: 'CreateExecution', ...run.created.data, execution_id: of, plan },
  { type: 'StartExecution' },
  check(of, plan, 0),
  ...plan.flatMap((step) =>
    step.kind === 'human'
      ? [startStep(step), ...askPeople(step), { ...controls.decideReview(true), review_id: reviewIdOf(step) }]
      : [startStep(step), ...effectsOf(step), completeStep(step)],
  ),
  { type: 'CompleteExecution' },
]

const loses = (plan: ReadonlyArray<PlannedStep>): ExecutionCommand => ({
  type: 'ReportLostOutcome',
  effect_key: emailKey(emailOf(plan)),
  now: run.now,
  fault: run.outcomeUnknown,
})
const changes = { client: { email: 'b@example.com' }, deal_id: null }

/** The decider takes each for the one step that it fits. */
const beginEmail = (plan: ReadonlyArray<PlannedStep>) => [startStep(emailOf(plan)), intendEmail(emailOf(plan))]

const asides: fc.Arbitrary<Told> = fc.oneof(
  fc
    .boolean()
    .map((isTriedAgain): Told => (_, plan) => [
      ...plan.map(controls.failAttempt),
      ...(isTriedAgain ? plan.map((step) => startStep(step)) : []),
    ]),
  fc
    .constantFrom('resend' as const, 'assume_sent' as const)
    .map((decision): Told => (_, plan) => [
      ...beginEmail(plan),
      loses(plan),
      controls.resume({ decision }),
      intendEmail(emailOf(plan)),
    ]),
  fc.constant<Told>((_, plan) => [...beginEmail(plan), loses(plan)]),
  fc.constant<Told>((_, plan) => [
    ...beginEmail(plan),
    {
      type: 'AbandonEffect',
      effect_key: emailKey(emailOf(plan)),
      step_id: emailOf(plan).step_id,
      fault: run.unreachable,
    },
    intendEmail(emailOf(plan)),
  ]),
  fc.constant<Told>((_, plan) => [emailSent(emailOf(plan), ['b@example.com', 'c@example.com'])]),
  fc.constant<Told>((_, plan) => generate(renderOf(plan))),
  fc.constant<Told>((_, plan) => plan.map(controls.failStep)),
  fc.nat(4).map((i): Told => (_, plan) => [startStep(last(plan, i), 'worker 2')]),
  fc.constantFrom('dry_run' as const, 'until_phase' as const).map(
    (reason): Told =>
      (_, plan) =>
        plan.map((step) => controls.skipStep(step, reason)).toReversed(),
  ),
  fc.constant<Told>(() => [controls.pause]),
  fc.constant<Told>(() => [controls.pause, controls.carryOut]),
  fc.constant<Told>(() => [controls.pause, controls.resume()]),
  fc.constant<Told>((of, plan) => [
    controls.resume({ changes, recheck: controls.nodesOf(plan).slice(1) }),
    check(of, plan, 1),
  ]),
  fc.constant<Told>(() => [controls.cancel]),
  fc.constant<Told>(() => [controls.cancel, controls.carryOut]),
  fc.constant<Told>(() => [controls.resume({ approved: false, reason: 'not like this' })]),
  fc.constant<Told>((of, plan) => [
    check(of, plan, 0, controls.blocking),
    controls.resume({ changes, recheck: controls.nodesOf(plan) }),
    check(of, plan, 1, [controls.unusual]),
  ]),
  fc
    .boolean()
    .map((isYes): Told => (_, plan) => [
      ...askPeople(reviewOf(plan)),
      isYes
        ? { ...controls.decideReview(false), review_id: reviewIdOf(reviewOf(plan)) }
        : controls.resume({ reason: 'by telephone' }),
    ]),
  fc
    .boolean()
    .map((isAuto): Told => (_, plan) => [
      ...askPeople(reviewOf(plan), isAuto),
      { type: 'ExpireReview', review_id: reviewIdOf(reviewOf(plan)), now: controls.later },
    ]),
  fc.constant<Told>(() => [{ type: 'RecordRefusedControl', control: 'retry', code: 'run_state_conflict' }]),
  fc.constant<Told>((of, plan) => [
    { type: 'RetryExecution', ...controls.retryAsked(plan), execution_id: retryIdOf(of), from_step: 1, now: run.now },
  ]),
  fc.constant<Told>((_, plan) => [
    { type: 'ExpireDocument', document_id: documentOf(renderOf(plan)), now: controls.later },
  ]),
)

/** Carries out what the decider accepts, and leaves out what it refuses. */
export const tell = (commands: ReadonlyArray<ExecutionCommand>): ReadonlyArray<ExecutionEvent> => {
  let state = execution.initialState
  return commands.flatMap((command) => {
    const decided = execution.decide(command)(state)
    const events = E.isLeft(decided) ? [] : decided.right
    state = events.reduce(execution.evolve, state)
    return events
  })
}

/** As `planOf`, with people who look at the document before it is sent. */
const peopledPlanOf = (of: ExecutionId): ReadonlyArray<PlannedStep> => {
  const [trigger, render, ...rest] = run.planOf(of)
  const review = { ...controls.review, step_id: stepIdOf(of, controls.review.node_id) }
  return [trigger!, render!, review, ...rest].map((step, i) => ({ ...step, position: i + 1 }))
}

/** Begun for a run that ended, whose steps and effects it takes over up to `from_step`. */
const retried = (
  of: ExecutionId,
  plan: ReadonlyArray<PlannedStep>,
  from_step: number,
): ReadonlyArray<ExecutionCommand> => {
  const before = derivedId(ExecutionId, of, 'before')
  const story = inOrder(before, peopledPlanOf(before))
  const asked: ExecutionCommand = {
    type: 'RetryExecution',
    ...controls.retryAsked(plan),
    execution_id: of,
    from_step,
    now: run.now,
  }
  const ended = [...story, asked].reduce(
    (state, command) =>
      pipe(
        execution.decide(command)(state),
        E.match(
          () => state,
          (events) => events.reduce(execution.evolve, state),
        ),
      ),
    execution.initialState,
  )
  const create = ended.status === 'unborn' ? undefined : retryOf(ended)
  return create === undefined ? [] : [create, ...inOrder(of, plan).slice(1)]
}

/** The events of a run that the decider itself made, from a story that mostly goes forward. */
export const runEvents = (of: ExecutionId): fc.Arbitrary<ReadonlyArray<ExecutionEvent>> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(26), asides), { maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 4 })),
    )
    .map(([extras, told, from]) => {
      const plan = peopledPlanOf(of)
      const story = (from === undefined ? inOrder(of, plan) : retried(of, plan, from)).flatMap((command, i) => [
        ...extras.filter(([at]) => at === i).flatMap(([, aside]) => aside(of, plan)),
        command,
      ])
      return tell(story).slice(0, told)
    })
    .filter((events) => events.length > 0)

export const eventMetadata = {
  $correlationId: run.correlationId,
  $causationId: 'cause',
  command_id: run.correlationId,
  command_hash: 'hash',
  actor: { type: 'user', id: 'ana' },
  organization_id: run.organizationId,
  schema_version: 1,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

type Written = { readonly of: ExecutionId; readonly event: ExecutionEvent }

/** As the log gives them: positions from 1, `afterMs` from one event to the next. */
export const logOf = (
  events: ReadonlyArray<Written>,
  afterMs: (i: number) => number = () => 1_000,
): ReadonlyArray<Recorded> => {
  const reached = new Map<ExecutionId, bigint>()
  let now = Date.UTC(2026, 10, 22, 10, 30)
  return events.map(({ of, event }, i) => {
    const at = reached.get(of) ?? 0n
    reached.set(of, at + 1n)
    now += afterMs(i)
    return {
      id: derivedId(EventId, of, 'event', String(at)),
      stream: executionStream(of),
      revision: revision(at),
      position: { commit: BigInt(i + 1), prepare: BigInt(i + 1) },
      created: new Date(now),
      ...execution.codec.encode(event),
      metadata: eventMetadata,
    }
  })
}

export const executionIds: ReadonlyArray<ExecutionId> = [0, 1, 2].map((n) =>
  derivedId(ExecutionId, run.organizationId, 'run', String(n)),
)

/** One to three runs in one log, in any interleaving, now and then several events in the same millisecond. */
export const anyLog: fc.Arbitrary<ReadonlyArray<Recorded>> = fc
  .tuple(
    fc.integer({ min: 1, max: executionIds.length }).chain((n) => fc.tuple(...executionIds.slice(0, n).map(runEvents))),
    fc.array(fc.nat(10), { minLength: 150, maxLength: 150 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 }),
  )
  .map(([runs, picks, gaps]) => {
    const left = runs.map((events, i) => events.map((event): Written => ({ of: executionIds[i]!, event })))
    const written: Written[] = []
    for (const pick of picks) {
      const open = left.filter((events) => events.length > 0)
      const next = open[pick % open.length]?.shift()
      if (next === undefined) break
      written.push(next)
    }
    return logOf(written, (i) => gaps[i % gaps.length]!)
  })

/** How a log of `length` events reaches its reader: windows [from, to) that together cover it, some reaching back over what was given before. */
export const anyDelivery = (length: number): fc.Arbitrary<ReadonlyArray<readonly [number, number]>> =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.oneof(fc.constant(0), fc.nat(15))), {
      minLength: length,
      maxLength: length,
    })
    .map((cuts) => {
      const windows: Array<readonly [number, number]> = []
      let reached = 0
      for (const [size, back] of cuts) {
        if (reached >= length) break
        const to = Math.min(length, reached + size)
        windows.push([Math.max(0, reached - back), to])
        reached = to
      }
      return windows
    })
