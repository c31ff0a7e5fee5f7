import type { Fault } from '../fault'
import type { StepId } from '../ids'
import type { JsonObject } from '../json'
import type { AbandonedEffect, Decision, EffectKey, Intention } from './effects'
import type { ExecutionCreated, Receipt } from './events'

type Step = { readonly step_id: StepId }

export type CreateExecution = { readonly type: 'CreateExecution' } & ExecutionCreated
export type StartExecution = { readonly type: 'StartExecution' }
/** `attempt` counts from 1; a step whose worker died is started again under the same attempt. */
export type StartStep = { readonly type: 'StartStep'; readonly data_in: JsonObject } & Step
export type RecordFailedAttempt = {
  readonly type: 'RecordFailedAttempt'
  readonly attempts_at_most: number
  readonly retry_in_ms: number
  readonly fault: Fault
} & Step
export type CompleteStep = {
  readonly type: 'CompleteStep'
  readonly output: JsonObject
  readonly personal: { readonly output: JsonObject }
} & Step
export type FailStep = { readonly type: 'FailStep'; readonly fault: Fault } & Step
export type IntendEffect = { readonly type: 'IntendEffect' } & Intention
export type RecordReceipt = { readonly type: 'RecordReceipt'; readonly receipt: Receipt }
export type AbandonEffect = { readonly type: 'AbandonEffect' } & AbandonedEffect
export type ReportLostOutcome = {
  readonly type: 'ReportLostOutcome'
  readonly effect_key: EffectKey
  readonly fault: Fault
}
export type DecideOutcome = { readonly type: 'DecideOutcome'; readonly decision: Decision }
export type CompleteExecution = { readonly type: 'CompleteExecution' }

export type ExecutionCommand =
  | CreateExecution
  | StartExecution
  | StartStep
  | RecordFailedAttempt
  | CompleteStep
  | FailStep
  | IntendEffect
  | RecordReceipt
  | AbandonEffect
  | ReportLostOutcome
  | DecideOutcome
  | CompleteExecution
