import { derivedId, type ExecutionId, ExecutionId as ExecutionIds, type StepId, stepIdOf } from '../ids'
import type { CreateExecution } from './lifecycle'
import type { PlannedStep } from './plan'
import type { Receipt } from './receipts'
import { type Effect, type Execution, isUnknown, type Step } from './state'

/** The id of the run that goes on for another. */
export const retryIdOf = (run: ExecutionId): ExecutionId => derivedId(ExecutionIds, run, 'retry')

type Reused = NonNullable<CreateExecution['reused']>[number]
type Carried = NonNullable<CreateExecution['carried']>[number]

/** A step's id and its effects' keys, in the run that goes on. */
const movedKey = (key: string, from: StepId, to: StepId): string => key.replace(from, to)

const movedReceipt = (receipt: Receipt, effect_key: string, step_id: StepId): Receipt =>
  ({ type: receipt.type, data: { ...receipt.data, effect_key, step_id } }) as Receipt

const carried = (effect: Effect, from: ExecutionId, step_id: StepId): Carried => {
  const effect_key = movedKey(effect.effect_key, effect.step_id, step_id)
  return {
    effect_key,
    step_id,
    kind: effect.kind,
    repeatable: effect.repeatable,
    from: effect.carriedFrom ?? from,
    receipt: effect.receipt === undefined ? null : movedReceipt(effect.receipt, effect_key, step_id),
  }
}

/** Whether an effect is not done again: what a reused step did, and e-mails of the others, sent or taken for sent. */
export const isKept = (effect: Effect, isReused: boolean, repeatEffects: boolean): boolean =>
  isReused
    ? effect.status === 'done'
    : !repeatEffects && effect.kind === 'email' && (effect.status === 'done' || isUnknown(effect))

/** The command that begins the run that goes on for this one; undefined when none was asked for. Pure: the same however often it is made. */
export const retryOf = (run: Execution): CreateExecution | undefined => {
  const { retry } = run
  if (retry === undefined) return undefined
  const before = new Map(run.steps.map((step): [string, Step] => [step.node_id, step]))
  const reusedAs = ({ position, node_id }: PlannedStep): Step | undefined => {
    const step = before.get(node_id)
    return position < retry.from_step && step?.status === 'success' ? step : undefined
  }
  const plan = retry.plan.map((step) => ({ ...step, step_id: stepIdOf(retry.execution_id, step.node_id) }))
  const reused = plan.flatMap((planned): ReadonlyArray<Reused> => {
    const { step_id, node_id, position } = planned
    const step = reusedAs(planned)
    if (step === undefined) return []
    const from = step.reusedFrom ?? run.executionId
    return [{ step_id, node_id, position, from, output: {}, personal: { output: step.output } }]
  })
  const effects = plan.flatMap((step) => {
    const old = before.get(step.node_id)
    return Object.values(run.effects)
      .filter(({ step_id }) => step_id === old?.step_id)
      .filter((effect) => isKept(effect, reusedAs(step) !== undefined, retry.repeat_effects))
      .map((effect) => carried(effect, run.executionId, step.step_id))
  })
  return {
    type: 'CreateExecution',
    execution_id: retry.execution_id,
    organization_id: run.organizationId,
    workflow_id: run.workflowId,
    workflow_name: retry.workflow_name,
    workflow_version: retry.workflow_version,
    workflow_revision: retry.workflow_revision,
    trigger_type: run.triggerType,
    dry_run: run.dryRun,
    until_phase: run.untilPhase ?? null,
    retry_of: run.executionId,
    plan,
    personal: { trigger_data: retry.trigger_data },
    reused,
    carried: effects,
  }
}
