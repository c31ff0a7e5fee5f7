import type { EventNotEncodable, EventTooLarge } from '../../domain/event-store'
import type { Step } from '../../domain/execution/state'
import { fault } from '../../domain/fault'
import type { StepFault, StepStop, Unavailable } from '../../nodes/step-run'

type Tagged = { readonly _tag: string }
/** What the log never takes, however often it is told. */
type Unsayable = EventTooLarge | EventNotEncodable

export const unavailable = ({ _tag }: Tagged): Unavailable => ({ _tag: 'Unavailable', reason: _tag })

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

const tooLarge = ({ bytes, limit }: EventTooLarge): StepFault => ({
  _tag: 'StepFault',
  retryable: false,
  fault: fault('data.payload_too_large', { limit: `${limit} B` }, `an event would have ${bytes} bytes`),
})

export const isUnsayable = (error: Tagged): error is Unsayable =>
  error._tag === 'EventTooLarge' || error._tag === 'EventNotEncodable'

export const unsayable = (step: Step, error: Unsayable): StepFault =>
  error._tag === 'EventTooLarge' ? tooLarge(error) : internal(step, `${error.path}: ${error.reason}`)

/** A command that the log did not take: for ever, or for now. */
export const untold =
  (step: Step) =>
  (error: Tagged): StepStop =>
    isUnsayable(error) ? unsayable(step, error) : unavailable(error)
