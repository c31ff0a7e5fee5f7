import { currentStepOf, type Execution } from '../domain/execution/state'
import type { NodeId } from '../domain/ids'

/** `index` is the step's position, from 1. */
export type CurrentStep = {
  readonly index: number
  readonly label: string
  readonly node_id: NodeId
  readonly node_type: string
}

export const currentStep = (run: Execution): CurrentStep | null => {
  const step = currentStepOf(run)
  return step === undefined
    ? null
    : { index: step.position, label: step.label, node_id: step.node_id, node_type: step.node_type }
}
