import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import type { EventOf } from '../codec'
import { Fault } from '../fault'
import { ExecutionId, NodeId, OrganizationId, StepId, WorkflowId } from '../ids'
import { JsonObject, mergePatch } from '../json'
import { Phase, PlannedStep } from './plan'
import { OutcomeDecision, Receipt, StepOutput } from './receipts'
import {
  type Effect,
  type Execution,
  type ExecutionStatus,
  hasEnded,
  held,
  holdOf,
  isDone,
  isUnknown,
  released,
  type Requested,
  type Step,
  stepAtWork,
  stepOf,
  waitsForPeople,
} from './state'

const Text = t.string
const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

export const ExecutionCreated = t.readonly(
  t.type({
    execution_id: ExecutionId,
    organization_id: OrganizationId,
    workflow_id: WorkflowId,
    workflow_name: Text,
    workflow_version: t.number,
    /** Revision of the definition's stream that this run keeps to, decimal. */
    workflow_revision: Text,
    trigger_type: Text,
    dry_run: t.boolean,
    /** The last phase to run, inclusive. */
    until_phase: orNull(Phase),
    /** The run that this one goes on for. */
    retry_of: orNull(ExecutionId),
    plan: t.readonlyArray(PlannedStep),
    personal: t.readonly(t.type({ trigger_data: JsonObject })),
  }),
)
export type ExecutionCreated = t.TypeOf<typeof ExecutionCreated>

/** A step whose output comes from the run before. */
const StepReused = t.readonly(
  t.type({ step_id: StepId, node_id: NodeId, position: t.number, from: ExecutionId, ...StepOutput }),
)
/** What the run before has done outside already. `receipt` is null for what a person assumed. */
const EffectCarriedOver = t.readonly(
  t.type({
    effect_key: Text,
    step_id: StepId,
    kind: t.keyof({ document: null, storage: null, email: null, invitation: null }),
    repeatable: t.boolean,
    from: ExecutionId,
    receipt: orNull(Receipt),
  }),
)

const asked = { at: Text, personal: t.readonly(t.type({ reason: orNull(Text) })) }

export const lifecycleEvents = {
  ExecutionCreated,
  StepReused,
  EffectCarriedOver,
  ExecutionStarted: t.readonly(t.type({ execution_id: ExecutionId })),
  PauseRequested: t.readonly(t.type(asked)),
  ExecutionPaused: t.readonly(t.type(asked)),
  ExecutionResumed: t.readonly(
    t.type({
      at: Text,
      approved: t.boolean,
      decision: orNull(OutcomeDecision),
      /** Nodes whose checks run again before anything else. */
      recheck: t.readonlyArray(NodeId),
      /** `changes`: JSON Merge Patch (RFC 7396) of the trigger's data. */
      personal: t.readonly(t.type({ changes: JsonObject, reason: orNull(Text) })),
    }),
  ),
  CancelRequested: t.readonly(t.type(asked)),
  ExecutionCanceled: t.readonly(t.type(asked)),
  ExecutionRetried: t.readonly(
    t.type({
      at: Text,
      execution_id: ExecutionId,
      from_step: t.number,
      repeat_effects: t.boolean,
      workflow_version: t.number,
      workflow_revision: Text,
      workflow_name: Text,
      plan: t.readonlyArray(PlannedStep),
      /** Null: the same as of this run. */
      personal: t.readonly(t.type({ trigger_data: orNull(JsonObject) })),
    }),
  ),
  /** Somebody asked for what the run's state did not allow. */
  ControlRefused: t.readonly(t.type({ control: Text, code: Text, status: Text })),
  ExecutionCompleted: t.readonly(t.type({ execution_id: ExecutionId, stopped_after: orNull(Phase) })),
  ExecutionFailed: t.readonly(t.type({ execution_id: ExecutionId, step_id: StepId, fault: Fault })),
}
export type LifecycleEvent = EventOf<typeof lifecycleEvents>
type EventNamed<Type extends LifecycleEvent['type']> = Extract<LifecycleEvent, { readonly type: Type }>
type DataOf<Type extends LifecycleEvent['type']> = EventNamed<Type>['data']

export type CreateExecution = {
  readonly type: 'CreateExecution'
  readonly reused?: ReadonlyArray<DataOf<'StepReused'>>
  readonly carried?: ReadonlyArray<DataOf<'EffectCarriedOver'>>
} & ExecutionCreated

export type PauseExecution = { readonly type: 'PauseExecution'; readonly now: string; readonly reason: string | null }
export type CancelExecution = { readonly type: 'CancelExecution'; readonly now: string; readonly reason: string | null }
export type RetryExecution = {
  readonly type: 'RetryExecution'
  readonly now: string
  /** Null: not said, which will do unless it is not known whether an e-mail was sent. */
  readonly repeat_effects: boolean | null
} & Omit<DataOf<'ExecutionRetried'>, 'at' | 'repeat_effects'>
export type LifecycleCommand =
  | CreateExecution
  | { readonly type: 'StartExecution' }
  | PauseExecution
  | CancelExecution
  | RetryExecution
  /** The step at work when a pause or a cancel was asked for has no worker any more. */
  | { readonly type: 'CarryOutRequest'; readonly now: string }
  | { readonly type: 'RecordRefusedControl'; readonly control: string; readonly code: string }
  | { readonly type: 'CompleteExecution' }

export type ExecutionNotFound = { readonly _tag: 'ExecutionNotFound' }
/** The id is taken by a run that another command created. */
export type ExecutionAlreadyExists = { readonly _tag: 'ExecutionAlreadyExists' }
export type ExecutionAlreadyEnded = { readonly _tag: 'ExecutionAlreadyEnded'; readonly status: ExecutionStatus }
export type ControlNotAccepted = { readonly _tag: 'ControlNotAccepted'; readonly status: ExecutionStatus }
export type RetriedAlready = { readonly _tag: 'RetriedAlready'; readonly execution: ExecutionId }
/** `position` of the first step before `from_step` that was not done. */
export type StepNotReusable = { readonly _tag: 'StepNotReusable'; readonly position: number }
/** Whether an e-mail was sent is not known: `repeat_effects` has to say. */
export type RepeatDecisionNeeded = { readonly _tag: 'RepeatDecisionNeeded' }
export type StepsRemain = { readonly _tag: 'StepsRemain' }
export type LifecycleRefusal =
  | ExecutionNotFound
  | ExecutionAlreadyExists
  | ExecutionAlreadyEnded
  | ControlNotAccepted
  | RetriedAlready
  | StepNotReusable
  | RepeatDecisionNeeded
  | StepsRemain

type Decision = E.Either<LifecycleRefusal, ReadonlyArray<LifecycleEvent>>
type Decide<Type extends LifecycleCommand['type']> = (
  command: Extract<LifecycleCommand, { readonly type: Type }>,
) => (run: Execution) => Decision

const nothing: Decision = E.right([])
export const alreadyEnded = ({ status }: Execution): E.Either<ExecutionAlreadyEnded, never> =>
  E.left({ _tag: 'ExecutionAlreadyEnded', status })
const notAccepted = ({ status }: Execution): Decision => E.left({ _tag: 'ControlNotAccepted', status })

/** Beyond so many, attempts that the state forbids are no longer written down: a run's history is bounded. */
const mostRefusals = 100

const begun = ({ executionId, life }: Execution): ReadonlyArray<LifecycleEvent> =>
  life === 'queued' ? [{ type: 'ExecutionStarted', data: { execution_id: executionId } }] : []

export const create = ({ type: _, reused = [], carried = [], ...data }: CreateExecution): Decision =>
  E.right([
    { type: 'ExecutionCreated', data },
    ...reused.map((one) => ({ type: 'StepReused', data: one }) as const),
    ...carried.map((one) => ({ type: 'EffectCarriedOver', data: one }) as const),
  ])

const pause: Decide<'PauseExecution'> =
  ({ now, reason }) =>
  (run) => {
    if (hasEnded(run)) return alreadyEnded(run)
    if (run.status === 'paused' || run.requested?.control === 'pause') return nothing
    if (run.status === 'needs_review' || run.requested !== undefined) return notAccepted(run)
    const data = { at: now, personal: { reason } }
    return E.right([
      ...begun(run),
      stepAtWork(run) === undefined ? { type: 'ExecutionPaused', data } : { type: 'PauseRequested', data },
    ])
  }

/** At once, or once the step at work has ended. */
export const canceledBy = (run: Execution, at: string, reason: string | null): ReadonlyArray<LifecycleEvent> => {
  const data = { at, personal: { reason } }
  return [stepAtWork(run) === undefined ? { type: 'ExecutionCanceled', data } : { type: 'CancelRequested', data }]
}

const cancel: Decide<'CancelExecution'> =
  ({ now, reason }) =>
  (run) => {
    if (run.status === 'canceled' || run.requested?.control === 'cancel') return nothing
    if (hasEnded(run)) return alreadyEnded(run)
    return E.right(canceledBy(run, now, reason))
  }

/** What was asked for while a step was at work, once the step has ended or waits. */
export const carriedOut = ({ requested }: Pick<Execution, 'requested'>): ReadonlyArray<LifecycleEvent> => {
  if (requested === undefined) return []
  const data = { at: requested.at, personal: { reason: requested.reason } }
  return [requested.control === 'cancel' ? { type: 'ExecutionCanceled', data } : { type: 'ExecutionPaused', data }]
}

const sameRetry = (run: Execution, { from_step, repeat_effects, personal }: RetryExecution): boolean =>
  run.retry?.from_step === from_step &&
  run.retry.repeat_effects === (repeat_effects ?? false) &&
  JSON.stringify(run.retry.trigger_data) === JSON.stringify(personal.trigger_data ?? run.triggerData)

const mayHaveBeenSent = (run: Execution, from_step: number): boolean =>
  Object.values(run.effects).some(
    (effect) =>
      effect.kind === 'email' && isUnknown(effect) && (stepOf(run, effect.step_id)?.position ?? 0) >= from_step,
  )

/** A run is gone on with once: of two that go on, each would do what the other did. */
const retry: Decide<'RetryExecution'> = (command) => (run) => {
  if (!hasEnded(run)) return notAccepted(run)
  if (run.retry !== undefined)
    return sameRetry(run, command) ? nothing : E.left({ _tag: 'RetriedAlready', execution: run.retry.execution_id })
  const missing = run.steps.find((step) => step.position < command.from_step && !isDone(step))
  if (missing !== undefined) return E.left({ _tag: 'StepNotReusable', position: missing.position })
  const { type: _, now, repeat_effects, ...data } = command
  if (repeat_effects === null && mayHaveBeenSent(run, data.from_step)) return E.left({ _tag: 'RepeatDecisionNeeded' })
  return E.right([{ type: 'ExecutionRetried', data: { ...data, repeat_effects: repeat_effects ?? false, at: now } }])
}

const complete: Decide<'CompleteExecution'> = () => (run) => {
  if (run.status === 'completed') return nothing
  if (hasEnded(run)) return alreadyEnded(run)
  if (waitsForPeople(run)) return notAccepted(run)
  return run.steps.every(isDone)
    ? E.right([
        {
          type: 'ExecutionCompleted',
          data: { execution_id: run.executionId, stopped_after: run.untilPhase ?? null },
        },
      ])
    : E.left({ _tag: 'StepsRemain' })
}

export const decideLifecycle: {
  readonly [Type in Exclude<LifecycleCommand['type'], 'CreateExecution' | 'CarryOutRequest'>]: Decide<Type>
} = {
  StartExecution: () => (run) => E.right(begun(run)),
  PauseExecution: pause,
  CancelExecution: cancel,
  RetryExecution: retry,
  RecordRefusedControl:
    ({ control, code }) =>
    (run) =>
      run.refusedControls < mostRefusals
        ? E.right([{ type: 'ControlRefused', data: { control, code, status: run.status } }])
        : nothing,
  CompleteExecution: complete,
}

export const created = ({ data }: EventNamed<'ExecutionCreated'>): Omit<Execution, 'status'> => ({
  life: 'queued',
  stage: 'making',
  holds: [],
  requested: undefined,
  executionId: data.execution_id,
  organizationId: data.organization_id,
  workflowId: data.workflow_id,
  workflowName: data.workflow_name,
  workflowVersion: data.workflow_version,
  workflowRevision: data.workflow_revision,
  triggerType: data.trigger_type,
  triggerData: data.personal.trigger_data,
  dryRun: data.dry_run,
  untilPhase: data.until_phase ?? undefined,
  retryOf: data.retry_of ?? undefined,
  retry: undefined,
  preflight: { due: [], round: 0, at: undefined, findings: [], templates: {} },
  steps: data.plan.map((step): Step => ({
    ...step,
    status: 'pending',
    attempt: 0,
    author: undefined,
    faults: 0,
    deaths: 0,
    waitsForRetry: false,
    output: {},
    reusedFrom: undefined,
  })),
  effects: {},
  documents: [],
  reviews: [],
  progress: 0,
  currentStep: undefined,
  deliveryState: data.plan.some(({ phase, kind }) => phase === 'delivery' && kind === 'delivery')
    ? 'pending'
    : undefined,
  lastFault: undefined,
  lastResume: undefined,
  refusedControls: 0,
})

/** The share of steps dealt with; 100 is left to the completed run. */
export const progressOf = ({ steps }: Pick<Execution, 'steps'>): number =>
  Math.min(99, Math.round((100 * steps.filter(isDone).length) / steps.length))

const requested = (
  control: Requested['control'],
  run: Execution,
  { at, personal }: DataOf<'PauseRequested'>,
): Execution => ({ ...run, requested: { control, at, reason: personal.reason } })

const reused = (run: Execution, { step_id, from, output, personal }: DataOf<'StepReused'>): Execution => {
  const steps = run.steps.map((step): Step =>
    step.step_id === step_id
      ? { ...step, status: 'success', reusedFrom: from, output: { ...output, ...personal.output } }
      : step,
  )
  return { ...run, steps, progress: progressOf({ steps }) }
}

const carriedOver = (run: Execution, { from, receipt, ...fields }: DataOf<'EffectCarriedOver'>): Execution => {
  const effect: Effect = {
    ...fields,
    author: undefined,
    status: 'done',
    times: 0,
    message_id: receipt?.type === 'DocumentSent' ? receipt.data.message_id : undefined,
    receipt: receipt ?? undefined,
    carriedFrom: from,
  }
  const documents =
    receipt?.type === 'DocumentGenerated'
      ? [...run.documents, { ...receipt.data, expired_at: undefined, reused: true }]
      : run.documents
  return { ...run, documents, effects: { ...run.effects, [fields.effect_key]: effect } }
}

/** To know a resume again when it comes twice. */
export const resumeMark = (said: Pick<DataOf<'ExecutionResumed'>, 'approved' | 'decision' | 'personal'>): string =>
  JSON.stringify([said.approved, said.decision, said.personal.changes])

const resumed = (run: Execution, { data }: EventNamed<'ExecutionResumed'>): Execution => {
  const blocked = holdOf(run, 'preflight_blocked') !== undefined
  const free = data.approved ? released(run, 'paused', 'preflight_blocked') : run
  const due = [...new Set([...run.preflight.due, ...data.recheck])]
  const isOther = data.recheck.length > 0 || Object.keys(data.personal.changes).length > 0
  return {
    ...free,
    requested: undefined,
    stage: waitsForPeople(run) ? 'making' : run.stage,
    triggerData: mergePatch(run.triggerData, data.personal.changes),
    preflight: { ...run.preflight, due, round: run.preflight.round + (isOther ? 1 : 0) },
    lastFault: blocked ? undefined : run.lastFault,
    lastResume: { said: resumeMark(data), checks: data.approved ? due : [] },
  }
}

export const evolveLifecycle: {
  readonly [Type in Exclude<LifecycleEvent['type'], 'ExecutionCreated'>]: (
    run: Execution,
    event: EventNamed<Type>,
  ) => Execution
} = {
  StepReused: (run, { data }) => reused(run, data),
  EffectCarriedOver: (run, { data }) => carriedOver(run, data),
  ExecutionStarted: (run) => ({
    ...run,
    life: 'running',
    preflight: {
      ...run.preflight,
      due: run.steps.filter((step) => !isDone(step)).map(({ node_id }) => node_id),
    },
  }),
  PauseRequested: (run, { data }) => requested('pause', run, data),
  ExecutionPaused: (run, { data }) => ({ ...held(run, { kind: 'paused', since: data.at }), requested: undefined }),
  ExecutionResumed: resumed,
  CancelRequested: (run, { data }) => requested('cancel', run, data),
  ExecutionCanceled: (run) => ({ ...run, life: 'canceled', holds: [], requested: undefined }),
  ExecutionRetried: (run, { data: { at: _, personal, ...retry } }) => ({
    ...run,
    retry: { ...retry, trigger_data: personal.trigger_data ?? run.triggerData },
  }),
  ControlRefused: (run) => ({ ...run, refusedControls: run.refusedControls + 1 }),
  ExecutionCompleted: (run) => ({ ...run, life: 'completed', holds: [], progress: 100, lastFault: undefined }),
  ExecutionFailed: (run, { data }) => ({
    ...run,
    life: 'failed',
    holds: [],
    requested: undefined,
    lastFault: data.fault,
  }),
}
