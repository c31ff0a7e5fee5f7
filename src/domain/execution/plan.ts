import * as t from 'io-ts'
import { NodeId, StepId } from '../ids'

/** The phases of a run, in order. */
export const Phase = t.keyof(
  { preflight: null, trigger: null, render: null, save: null, delivery: null, signature: null },
  'Phase',
)
export type Phase = t.TypeOf<typeof Phase>

/** `position` counts from 1; the trigger is the first. */
export const PlannedStep = t.readonly(
  t.type({ step_id: StepId, node_id: NodeId, position: t.number, node_type: t.string, label: t.string, phase: Phase }),
  'PlannedStep',
)
export type PlannedStep = t.TypeOf<typeof PlannedStep>
