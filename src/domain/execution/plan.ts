import * as t from 'io-ts'
import { NodeId, StepId } from '../ids'

/** The phases of a run, in order. */
export const phases = ['preflight', 'trigger', 'render', 'save', 'delivery', 'signature'] as const
export const Phase = t.keyof(
  { preflight: null, trigger: null, render: null, save: null, delivery: null, signature: null },
  'Phase',
)
export type Phase = t.TypeOf<typeof Phase>

/** What a step is to the world: `human` and `delivery` reach outside, the others do not. */
export const StepKind = t.keyof({ trigger: null, document: null, human: null, delivery: null }, 'StepKind')
export type StepKind = t.TypeOf<typeof StepKind>

/** `position` counts from 1; the trigger is the first. */
export const PlannedStep = t.readonly(
  t.type({
    step_id: StepId,
    node_id: NodeId,
    position: t.number,
    node_type: t.string,
    label: t.string,
    phase: Phase,
    kind: StepKind,
  }),
  'PlannedStep',
)
export type PlannedStep = t.TypeOf<typeof PlannedStep>
