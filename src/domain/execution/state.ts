import type { Fault } from '../fault'
import type { ExecutionId, NodeId, OrganizationId, StepId, TemplateId, WorkflowId } from '../ids'
import type { JsonObject } from '../json'
import type { Phase, PlannedStep } from './plan'
import type { EffectKey, GeneratedDocument, Intention, Receipt } from './receipts'

/** The guide's twelve words. */
export const statuses = [
  'queued',
  'running',
  'needs_review',
  'ready',
  'sending',
  'sent',
  'signing',
  'signed',
  'completed',
  'failed',
  'canceled',
  'paused',
] as const
export type ExecutionStatus = (typeof statuses)[number]

export type Life = 'queued' | 'running' | 'completed' | 'failed' | 'canceled'
/** How far: `making` until what is to be delivered is there. */
export type Stage = 'making' | 'ready' | 'sending' | 'sent' | 'signing' | 'signed'

type On<Kind extends string, Rest = object> = {
  readonly kind: Kind
  /** RFC 3339, as `until`: when it ends by itself. */
  readonly since: string
} & Rest
/** Why nothing new begins. */
export type Hold =
  | On<'preflight_blocked'>
  | On<'review', { readonly until: string; readonly step_id: StepId; readonly review_id: string }>
  | On<'outcome_lost', { readonly step_id: StepId; readonly effect_key: EffectKey }>
  | On<'retry_due', { readonly until: string; readonly step_id: StepId }>
  | On<'paused'>
export type HoldOf<Kind extends Hold['kind']> = Extract<Hold, { readonly kind: Kind }>

/** Heard while a step is at work, carried out when it ends. */
export type Requested = { readonly control: 'pause' | 'cancel'; readonly at: string; readonly reason: string | null }

export type StepStatus = 'pending' | 'running' | 'success' | 'failure' | 'skipped'
export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed'

export type Step = PlannedStep & {
  readonly status: StepStatus
  /** Attempts begun; 0 before the first. */
  readonly attempt: number
  /** Whose attempt is at work. */
  readonly author: string | undefined
  /** Attempts that failed, and attempts whose worker was not heard of again, since a person last decided. */
  readonly faults: number
  readonly deaths: number
  /** Whether the last attempt ended in a failure that allows another. */
  readonly waitsForRetry: boolean
  /** What later steps may refer to as `{{step.<position>.<path>}}`. */
  readonly output: JsonObject
  /** The run that did it, when this one did not. */
  readonly reusedFrom: ExecutionId | undefined
}

/** `lost`: whether it happened is not known, a person decides; `dropped`: it did not happen and may be intended again. */
export type EffectStatus = 'intended' | 'done' | 'dropped' | 'lost'
export type Effect = Omit<Intention, 'author'> & {
  readonly status: EffectStatus
  readonly author: string | undefined
  readonly times: number
  readonly message_id: string | undefined
  /** Undefined, when done, for one that a person assumed to have happened. */
  readonly receipt: Receipt | undefined
  /** The run that did it, when this one did not. */
  readonly carriedFrom: ExecutionId | undefined
}

export type MadeDocument = GeneratedDocument & { readonly expired_at: string | undefined; readonly reused: boolean }

/** Found by the checks before a run; severity and domain as they were in its context. */
export type RecordedFinding = {
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
  readonly tech: string
  readonly severity: 'blocking' | 'warning'
  readonly domain: 'data' | 'template' | 'permissions' | 'delivery' | 'signature'
  readonly node_id: NodeId | null
  readonly position: number
  /** JSON pointers into the workflow's definition; absent in what was recorded before there were any. */
  readonly pointers?: ReadonlyArray<string>
}

export type Preflight = {
  /** Nodes whose checks are to run before anything else. */
  readonly due: ReadonlyArray<NodeId>
  /** How often a resume has changed what they are about. */
  readonly round: number
  /** When checks ran last, RFC 3339. */
  readonly at: string | undefined
  readonly findings: ReadonlyArray<RecordedFinding>
  /** The versions that this run keeps to. */
  readonly templates: Readonly<Record<TemplateId, number>>
}

export type Approver = { readonly approver_id: string; readonly token_sha256: string; readonly email: string }
export type Review = {
  readonly review_id: string
  readonly step_id: StepId
  readonly status: 'pending' | 'approved' | 'rejected' | 'expired'
  readonly approvers: ReadonlyArray<Approver>
  readonly message: string
  readonly expires_at: string
  readonly auto_approve: boolean
  /** Of one that was approved or rejected; `approver_id` is null when it was no approver's link. */
  readonly decision:
    { readonly at: string; readonly via: 'link' | 'api' | 'timeout'; readonly approver_id: string | null } | undefined
}

/** What the run that goes on where this one ended is made of. */
export type Retry = {
  readonly execution_id: ExecutionId
  readonly from_step: number
  readonly repeat_effects: boolean
  readonly workflow_version: number
  readonly workflow_revision: string
  readonly workflow_name: string
  readonly plan: ReadonlyArray<PlannedStep>
  readonly trigger_data: JsonObject
}

/** What it said, to know it again, and the nodes that were to be checked because of it: none when it ended the run. */
export type LastResume = { readonly said: string; readonly checks: ReadonlyArray<NodeId> }

export type Unborn = { readonly status: 'unborn' }
export type Execution = {
  /** `statusOf` the rest, kept beside it. */
  readonly status: ExecutionStatus
  readonly life: Life
  readonly stage: Stage
  readonly holds: ReadonlyArray<Hold>
  readonly requested: Requested | undefined
  readonly executionId: ExecutionId
  readonly organizationId: OrganizationId
  readonly workflowId: WorkflowId
  readonly workflowName: string
  readonly workflowVersion: number
  readonly workflowRevision: string
  readonly triggerType: string
  readonly triggerData: JsonObject
  readonly dryRun: boolean
  readonly untilPhase: Phase | undefined
  readonly retryOf: ExecutionId | undefined
  readonly retry: Retry | undefined
  readonly preflight: Preflight
  readonly steps: ReadonlyArray<Step>
  readonly effects: Readonly<Record<EffectKey, Effect>>
  readonly documents: ReadonlyArray<MadeDocument>
  readonly reviews: ReadonlyArray<Review>
  readonly progress: number
  readonly currentStep: StepId | undefined
  readonly deliveryState: DeliveryState | undefined
  readonly lastFault: Fault | undefined
  readonly lastResume: LastResume | undefined
  readonly refusedControls: number
}
export type ExecutionState = Unborn | Execution

export const unborn: Unborn = { status: 'unborn' }

const finals: ReadonlyArray<ExecutionState['status']> = ['completed', 'failed', 'canceled']
export const hasEnded = ({ status }: Pick<ExecutionState, 'status'>): boolean => finals.includes(status)

export const stepOf = (run: Execution, step: StepId): Step | undefined =>
  run.steps.find(({ step_id }) => step_id === step)

export const currentStepOf = (run: Execution): Step | undefined =>
  run.currentStep === undefined ? undefined : stepOf(run, run.currentStep)

export const isDone = ({ status }: Step): boolean => status === 'success' || status === 'skipped'

export const holdOf = <Kind extends Hold['kind']>(run: Execution, kind: Kind): HoldOf<Kind> | undefined =>
  run.holds.find((hold): hold is HoldOf<Kind> => hold.kind === kind)

export const held = (run: Execution, hold: Hold): Execution => ({ ...run, holds: [...run.holds, hold] })

export const released = (run: Execution, ...kinds: ReadonlyArray<Hold['kind']>): Execution => ({
  ...run,
  holds: run.holds.filter(({ kind }) => !kinds.includes(kind)),
})

/** Nothing more begins, a retry least of all, until a person has spoken or a review has run out. */
export const waitsForPeople = ({ holds }: Execution): boolean => holds.some(({ kind }) => kind !== 'retry_due')

/** Whether it may have happened without a receipt. */
export const isUnknown = ({ status, repeatable }: Effect): boolean =>
  status === 'lost' || (status === 'intended' && !repeatable)

/** The step that an attempt was begun at and that waits for nothing and nobody; its worker may be dead. */
export const stepAtWork = (run: Execution): Step | undefined =>
  run.steps.find(
    ({ step_id, status }) =>
      status === 'running' && !run.holds.some((hold) => 'step_id' in hold && hold.step_id === step_id),
  )

export const withStep = (run: Execution, id: StepId, change: (step: Step) => Partial<Step>): Execution => ({
  ...run,
  steps: run.steps.map((step) => (step.step_id === id ? { ...step, ...change(step) } : step)),
})
