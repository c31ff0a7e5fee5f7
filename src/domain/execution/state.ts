import type { Fault } from '../fault'
import type { ExecutionId, OrganizationId, StepId, WorkflowId } from '../ids'
import type { JsonObject } from '../json'
import type { EffectKey, Intention, GeneratedDocument } from './effects'
import type { Receipt } from './events'
import type { PlannedStep } from './plan'

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

export type StepStatus = 'pending' | 'running' | 'success' | 'failure' | 'skipped'
export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed'

export type Step = PlannedStep & {
  readonly status: StepStatus
  /** Attempts begun; 0 before the first. */
  readonly attempt: number
  /** Whether the last attempt ended in a failure that allows another. */
  readonly waitsForRetry: boolean
  /** What later steps may refer to as `{{step.<position>.<path>}}`. */
  readonly output: JsonObject
}

/** `lost`: whether it happened is not known, a person decides; `dropped`: it did not happen and may be intended again. */
export type EffectStatus = 'intended' | 'done' | 'dropped' | 'lost'
export type Effect = Intention & {
  readonly status: EffectStatus
  readonly times: number
  readonly message_id: string | undefined
  /** Undefined, when done, for one that a person assumed to have happened. */
  readonly receipt: Receipt | undefined
}

export type Unborn = { readonly status: 'unborn' }
export type Execution = {
  readonly status: ExecutionStatus
  readonly executionId: ExecutionId
  readonly organizationId: OrganizationId
  readonly workflowId: WorkflowId
  readonly workflowName: string
  readonly workflowRevision: string
  readonly triggerType: string
  readonly triggerData: JsonObject
  readonly steps: ReadonlyArray<Step>
  readonly effects: Readonly<Record<EffectKey, Effect>>
  readonly documents: ReadonlyArray<GeneratedDocument>
  readonly progress: number
  readonly currentStep: StepId | undefined
  readonly deliveryState: DeliveryState | undefined
  readonly lostEffect: EffectKey | undefined
  readonly lastFault: Fault | undefined
}
export type ExecutionState = Unborn | Execution

export const unborn: Unborn = { status: 'unborn' }

const finals: ReadonlyArray<ExecutionState['status']> = ['completed', 'failed', 'canceled']
export const hasEnded = ({ status }: Pick<ExecutionState, 'status'>): boolean => finals.includes(status)

export const stepOf = (execution: Execution, step: StepId): Step | undefined =>
  execution.steps.find(({ step_id }) => step_id === step)

export const currentStepOf = (execution: Execution): Step | undefined =>
  execution.currentStep === undefined ? undefined : stepOf(execution, execution.currentStep)
