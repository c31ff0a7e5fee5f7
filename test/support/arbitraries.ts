import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import type { Recorded } from '../../src/domain/event-store'
import { execution, executionStream } from '../../src/domain/execution'
import type { ExecutionCommand } from '../../src/domain/execution/commands'
import type { ExecutionEvent } from '../../src/domain/execution/events'
import type { PlannedStep } from '../../src/domain/execution/plan'
import { derivedId, DocumentId, EventId, ExecutionId } from '../../src/domain/ids'
import { revision } from '../../src/domain/position'
import * as run from './runs'

type Told = (of: ExecutionId, plan: ReadonlyArray<PlannedStep>) => ReadonlyArray<ExecutionCommand>

const emailKey = ({ step_id }: PlannedStep) => `${step_id}/email`
const last = (plan: ReadonlyArray<PlannedStep>, i: number): PlannedStep => plan[i % plan.length]!
const emailOf = (plan: ReadonlyArray<PlannedStep>): PlannedStep => plan.find(({ node_type }) => node_type === 'email')!
const renderOf = (plan: ReadonlyArray<PlannedStep>): PlannedStep => plan.find(({ phase }) => phase === 'render')!

const startStep = ({ step_id, label }: PlannedStep): ExecutionCommand => ({
  type: 'StartStep',
  step_id,
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
const generate = (step: PlannedStep): ReadonlyArray<ExecutionCommand> => {
  const at = { effect_key: `${step.step_id}/document`, step_id: step.step_id }
  const document_id = derivedId(DocumentId, step.step_id, 'document')
  return [
    { type: 'IntendEffect', ...run.renderIntention, ...at },
    {
      type: 'RecordReceipt',
      receipt: { type: 'DocumentGenerated', data: { ...run.generated.data, ...at, document_id } },
    },
  ]
}
const effectsOf = (step: PlannedStep): ReadonlyArray<ExecutionCommand> =>
  step.node_type === 'email' ? [intendEmail(step), emailSent(step, [])] : step.phase === 'render' ? generate(step) : []

/** What happens when nothing goes wrong. */
const inOrder: Told = (of, plan) => [
  { type: 'CreateExecution', ...run.created.data, execution_id: of, plan },
  { type: 'StartExecution' },
  ...plan.flatMap((step) => [startStep(step), ...effectsOf(step), completeStep(step)]),
  { type: 'CompleteExecution' },
]

const asides: fc.Arbitrary<Told> = fc.oneof(
  fc.nat(3).map((i): Told => (_, plan) => [
    {
      type: 'RecordFailedAttempt',
      step_id: last(plan, i).step_id,
      attempts_at_most: 3,
      retry_in_ms: 1,
      fault: run.unreachable,
    },
    startStep(last(plan, i)),
  ]),
  fc
    .constantFrom('resend' as const, 'assume_sent' as const)
    .map((decision): Told => (_, plan) => [
      { type: 'ReportLostOutcome', effect_key: emailKey(emailOf(plan)), fault: run.outcomeUnknown },
      { type: 'DecideOutcome', decision },
      intendEmail(emailOf(plan)),
    ]),
  fc.constant<Told>((_, plan) => [
    { type: 'ReportLostOutcome', effect_key: emailKey(emailOf(plan)), fault: run.outcomeUnknown },
  ]),
  fc.constant<Told>((_, plan) => [
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
  fc.nat(3).map((i): Told => (_, plan) => [{ type: 'FailStep', step_id: last(plan, i).step_id, fault: run.refused }]),
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

/** The events of a run that the decider itself made, from a story that mostly goes forward. */
export const runEvents = (of: ExecutionId): fc.Arbitrary<ReadonlyArray<ExecutionEvent>> =>
  fc
    .tuple(fc.array(fc.tuple(fc.nat(20), asides), { maxLength: 8 }), fc.integer({ min: 1, max: 40 }))
    .map(([extras, told]) => {
      const plan = run.planOf(of)
      const story = inOrder(of, plan).flatMap((command, i) => [
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
    fc.array(fc.nat(10), { minLength: 120, maxLength: 120 }),
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
