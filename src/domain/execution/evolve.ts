import type { EffectKey } from './effects'
import type { ExecutionEvent, ExecutionEventOf } from './events'
import { type Effect, type Execution, type ExecutionState, type Step, stepOf } from './state'
import type { StepId } from '../ids'

const created = ({ data }: ExecutionEventOf<'ExecutionCreated'>): Execution => ({
  status: 'queued',
  executionId: data.execution_id,
  organizationId: data.organization_id,
  workflowId: data.workflow_id,
  workflowName: data.workflow_name,
  workflowRevision: data.workflow_revision,
  triggerType: data.trigger_type,
  triggerData: data.personal.trigger_data,
  steps: data.plan.map((step) => ({ ...step, status: 'pending', attempt: 0, waitsForRetry: false, output: {} })),
  effects: {},
  documents: [],
  progress: 0,
  currentStep: undefined,
  deliveryState: data.plan.some(({ phase }) => phase === 'delivery') ? 'pending' : undefined,
  lostEffect: undefined,
  lastFault: undefined,
})

const withStep = (run: Execution, id: StepId, change: (step: Step) => Partial<Step>): Execution => ({
  ...run,
  steps: run.steps.map((step) => (step.step_id === id ? { ...step, ...change(step) } : step)),
})

const withEffect = (run: Execution, key: EffectKey, change: Partial<Effect>): Execution => {
  const effect = run.effects[key]
  return effect === undefined ? run : { ...run, effects: { ...run.effects, [key]: { ...effect, ...change } } }
}

/** The share of finished steps; 100 is left to the completed run. */
const progressOf = (run: Execution): number =>
  Math.min(99, Math.round((100 * run.steps.filter(({ status }) => status === 'success').length) / run.steps.length))

const intended = (run: Execution, { data }: ExecutionEventOf<'EffectIntended'>): Execution => ({
  ...run,
  ...(data.kind === 'email' ? { status: 'sending', deliveryState: 'sending' } : {}),
  effects: {
    ...run.effects,
    [data.effect_key]: {
      ...data,
      status: 'intended',
      times: (run.effects[data.effect_key]?.times ?? 0) + 1,
      message_id: undefined,
      receipt: undefined,
    },
  },
})

const stepCompleted = (run: Execution, { data }: ExecutionEventOf<'StepCompleted'>): Execution => {
  const output = { ...data.output, ...data.personal.output }
  const done = withStep(run, data.step_id, () => ({ status: 'success', waitsForRetry: false, output }))
  const delivered = stepOf(run, data.step_id)?.phase === 'delivery'
  return {
    ...done,
    progress: Math.max(run.progress, progressOf(done)),
    lastFault: undefined,
    ...(delivered ? { deliveryState: 'sent' } : {}),
    ...(run.status === 'sending' ? { status: 'sent' } : {}),
  }
}

const stepFailed = (run: Execution, { data }: ExecutionEventOf<'StepFailed'>): Execution => ({
  ...withStep(run, data.step_id, () => ({ status: 'failure', waitsForRetry: false })),
  lastFault: data.fault,
  ...(stepOf(run, data.step_id)?.phase === 'delivery' ? { deliveryState: 'failed' } : {}),
})

const next = (run: Execution, event: Exclude<ExecutionEvent, { readonly type: 'ExecutionCreated' }>): Execution => {
  switch (event.type) {
    case 'ExecutionStarted':
      return { ...run, status: 'running' }
    case 'StepStarted':
      return {
        ...withStep(run, event.data.step_id, () => ({
          status: 'running',
          attempt: event.data.attempt,
          waitsForRetry: false,
        })),
        currentStep: event.data.step_id,
        status: run.status === 'sending' ? 'sending' : 'running',
      }
    case 'StepAttemptFailed':
      return { ...withStep(run, event.data.step_id, () => ({ waitsForRetry: true })), lastFault: event.data.fault }
    case 'StepCompleted':
      return stepCompleted(run, event)
    case 'StepFailed':
      return stepFailed(run, event)
    case 'EffectIntended':
      return intended(run, event)
    case 'DocumentGenerated':
      return {
        ...withEffect(run, event.data.effect_key, { status: 'done', receipt: event }),
        documents: [...run.documents, event.data],
      }
    case 'DocumentSaved':
      return withEffect(run, event.data.effect_key, { status: 'done', receipt: event })
    case 'DocumentSent':
      return withEffect(run, event.data.effect_key, {
        status: 'done',
        message_id: event.data.message_id,
        receipt: event,
      })
    case 'EffectAbandoned':
      return withEffect(run, event.data.effect_key, { status: 'dropped' })
    case 'DeliveryOutcomeLost':
      return {
        ...withEffect(run, event.data.effect_key, { status: 'lost' }),
        status: 'needs_review',
        lostEffect: event.data.effect_key,
        lastFault: event.data.fault,
      }
    case 'DeliveryOutcomeDecided':
      return {
        ...withEffect(run, event.data.effect_key, { status: event.data.decision === 'resend' ? 'dropped' : 'done' }),
        status: 'running',
        lostEffect: undefined,
        lastFault: undefined,
      }
    case 'ExecutionCompleted':
      return { ...run, status: 'completed', progress: 100, lastFault: undefined }
    case 'ExecutionFailed':
      return { ...run, status: 'failed', lastFault: event.data.fault }
  }
}

export const evolve = (state: ExecutionState, event: ExecutionEvent): ExecutionState => {
  if (event.type === 'ExecutionCreated') return created(event)
  return state.status === 'unborn' ? state : next(state, event)
}
