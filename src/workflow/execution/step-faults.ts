import type { Step } from '../../domain/execution/state'
import { type Fault, fault } from '../../domain/fault'
import type { StepFault, Unsayable } from '../../nodes/steps/step-run'

export const internal = (step: Step, tech: string): StepFault => ({
  _tag: 'StepFault',
  retryable: false,
  fault: fault('internal_error', { label: step.label }, tech),
})

/** What was thrown: a bug of ours. */
export const brokeDown = (step: Step, thrown: unknown): StepFault =>
  internal(step, thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))

export const tooSlow = (step: Step, ms: number): StepFault => ({
  _tag: 'StepFault',
  retryable: true,
  fault: fault('timeout', { label: step.label }, `no end within ${ms} ms`),
})

/** What the log never takes. */
export const unsayable = (step: Step, { error }: Unsayable): Fault =>
  error._tag === 'EventTooLarge'
    ? fault('data.payload_too_large', { limit: `${error.limit} B` }, `an event would have ${error.bytes} bytes`)
    : internal(step, `${error.path}: ${error.reason}`).fault

export const outcomeUnknown = (step: Step): Fault =>
  fault('delivery.outcome_unknown', { label: step.label }, 'no receipt followed the intention to send')

export const workerLost = (step: Step, count: number): Fault =>
  fault('step.worker_lost', { label: step.label, count }, `${count} attempts were never heard of again`)
