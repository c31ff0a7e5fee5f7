import type { Control } from '../../domain/execution/next'
import type { ControlPlan } from '../../domain/execution/plan-of-control'
import type { Step } from '../../domain/execution/state'
import type { OpenCall } from '../on'
import { renderProblem } from '../problem/render'
import { pathOf } from '../request'
import { shownEffect } from './effects'
import type { RefusedControl } from './refused-control'

export const shownStepOfPlan = ({ position, label, node_id }: Step) => ({ position, label, node_id })

/** What would come of a control. */
export const shownPlan = (control: Control, { steps, reused, repeated, skipped, checks, then }: ControlPlan) => ({
  control,
  accepted: true,
  plan: {
    steps_to_run: steps.map(shownStepOfPlan),
    outputs_reused: reused.map(shownStepOfPlan),
    effects_repeated: repeated.map(shownEffect),
    effects_skipped: skipped.map(shownEffect),
    checks: checks.map(shownStepOfPlan),
    then,
  },
})

/** Why nothing would come of it, as the control itself would be answered. */
export const shownRefusal = (control: Control, call: OpenCall<unknown, unknown>, error: RefusedControl) => {
  const { code, title, detail, message_tech, params, recommended_actions } = renderProblem(
    error,
    call,
    pathOf(call.req),
    call.correlationId,
  )
  return {
    control,
    accepted: false,
    refused: { code, title, detail, message_tech, params, recommended_actions },
    plan: null,
  }
}
