import {
  execution,
  type ExecutionCommand,
  type ExecutionEvent,
  type ExecutionEventOf,
} from '../../src/domain/execution'
import type { PlannedStep } from '../../src/domain/execution/plan'
import { retryIdOf } from '../../src/domain/execution/retry'
import type { Execution, RecordedFinding } from '../../src/domain/execution/state'
import { derivedId, NodeId, stepIdOf, TemplateId } from '../../src/domain/ids'
import * as run from './runs'

export const runAfter = (...events: ReadonlyArray<ExecutionEvent>): Execution => {
  const state = events.reduce(execution.evolve, execution.initialState)
  if (state.status === 'unborn') throw new Error('no run')
  return state
}

/** After every other instant of the stories. */
export const later = '2026-11-30T10:30:00.000Z'
export const expiresAt = '2026-11-24T10:30:00.000Z'

type CommandOf<Type extends ExecutionCommand['type']> = Extract<ExecutionCommand, { readonly type: Type }>
type Asked = Omit<CommandOf<'ResumeExecution'>, 'type'>

const plain: Asked = {
  now: run.now,
  approved: true,
  decision: null,
  recheck: [],
  changes: {},
  reason: null,
}
export const resume = (asked: Partial<Asked> = {}): ExecutionCommand => ({
  type: 'ResumeExecution',
  ...plain,
  ...asked,
})
export const resumed = (asked: Partial<Asked> = {}): ExecutionEvent => {
  const { now: at, approved, decision, recheck, changes, reason } = { ...plain, ...asked }
  return { type: 'ExecutionResumed', data: { at, approved, decision, recheck, personal: { changes, reason } } }
}

const asked = (reason: string | null = null) => ({ at: run.now, personal: { reason } })

export const pause: ExecutionCommand = { type: 'PauseExecution', now: run.now, reason: null }
export const paused: ExecutionEvent = { type: 'ExecutionPaused', data: asked() }
export const pauseRequested: ExecutionEvent = { type: 'PauseRequested', data: asked() }
export const cancel: ExecutionCommand = { type: 'CancelExecution', now: run.now, reason: null }
export const canceled = (reason: string | null = null): ExecutionEvent => ({
  type: 'ExecutionCanceled',
  data: asked(reason),
})
export const cancelRequested = (reason: string | null = null): ExecutionEvent => ({
  type: 'CancelRequested',
  data: asked(reason),
})
export const carryOut: ExecutionCommand = { type: 'CarryOutRequest', now: run.now }

export const startStep = ({ step_id }: PlannedStep, author = run.worker): ExecutionCommand => ({
  type: 'StartStep',
  step_id,
  author,
  data_in: {},
})
export const completeStep = ({ step_id }: PlannedStep): ExecutionCommand => ({
  type: 'CompleteStep',
  step_id,
  output: { ok: true },
  personal: { output: {} },
})
export const failStep = ({ step_id }: PlannedStep): ExecutionCommand => ({
  type: 'FailStep',
  step_id,
  fault: run.refused,
})
export const failAttempt = ({ step_id }: PlannedStep): ExecutionCommand => ({
  type: 'RecordFailedAttempt',
  step_id,
  attempts_at_most: 3,
  now: run.now,
  retry_at: run.retryAt,
  fault: run.unreachable,
})
export const skipStep = (
  { step_id }: PlannedStep,
  reason: CommandOf<'SkipStep'>['reason'] = 'dry_run',
): ExecutionCommand => ({ type: 'SkipStep', step_id, reason })
export const skipped = (
  { step_id, node_id, position }: PlannedStep,
  reason: CommandOf<'SkipStep'>['reason'] = 'dry_run',
) => ({ type: 'StepSkipped', data: { step_id, node_id, position, reason } }) satisfies ExecutionEvent

export const templateId = derivedId(TemplateId, run.organizationId, 'template')
export const nodesOf = (plan: ReadonlyArray<PlannedStep>): ReadonlyArray<NodeId> => plan.map(({ node_id }) => node_id)

const missing: RecordedFinding = {
  code: 'data.unresolved_variable',
  params: { path: 'client.name', label: 'Generate Document' },
  tech: 'no value at client.name',
  severity: 'blocking',
  domain: 'data',
  node_id: run.steps.render.node_id,
  position: 2,
}
export const unusual: RecordedFinding = { ...missing, severity: 'warning', code: 'delivery.no_recipient_name' }
export const blocking: ReadonlyArray<RecordedFinding> = [unusual, missing]

type Verdict = ExecutionEventOf<'PreflightCompleted'>['data']
export const verdict = (
  findings: ReadonlyArray<RecordedFinding> = [],
  nodes: ReadonlyArray<NodeId> = nodesOf(run.planOf()),
  version = 1,
): Verdict => ({
  execution_id: run.executionId,
  at: run.now,
  duration_ms: 5,
  input_hash: 'cd'.repeat(32),
  workflow_version: 1,
  workflow_revision: '1',
  templates: [{ template_id: templateId, version }],
  nodes,
  blocking_count: findings.filter(({ severity }) => severity === 'blocking').length,
  warning_count: findings.filter(({ severity }) => severity === 'warning').length,
  personal: { findings },
})
export const checked = (...said: Parameters<typeof verdict>): ExecutionEvent => ({
  type: 'PreflightCompleted',
  data: verdict(...said),
})
export const record = (round: number, ...said: Parameters<typeof verdict>): ExecutionCommand => ({
  type: 'RecordPreflight',
  round,
  ...verdict(...said),
})

/** A plan with people in it: made, looked at, sent. */
const [trigger, render, email] = run.planOf() as [PlannedStep, PlannedStep, PlannedStep]
const reviewNode = derivedId(NodeId, run.workflowId, 'review')
export const review: PlannedStep = {
  step_id: stepIdOf(run.executionId, reviewNode),
  node_id: reviewNode,
  position: 3,
  node_type: 'review-documents',
  label: 'Approve',
  phase: 'delivery',
  kind: 'human',
}
export const send: PlannedStep = { ...email, position: 4 }
export const peopledPlan: ReadonlyArray<PlannedStep> = [
  trigger,
  render,
  review,
  send,
  { ...run.steps.archive, position: 5 },
]
export const reviewedPlan = [trigger, render, review, send]
export const reviewedCreated: ExecutionEvent = { ...run.created, data: { ...run.created.data, plan: reviewedPlan } }

export const reviewId = 'review 1'
type Requested = ExecutionEventOf<'ReviewRequested'>['data']
export const requestOf = (auto_approve = false): Requested => ({
  review_id: reviewId,
  step_id: review.step_id,
  at: run.now,
  expires_at: expiresAt,
  auto_approve,
  personal: {
    message: 'Please look at it',
    approvers: [{ approver_id: 'a1', token_sha256: 'ef'.repeat(32), email: 'boss@example.com' }],
  },
})
export const reviewRequested = (auto_approve = false): ExecutionEvent => ({
  type: 'ReviewRequested',
  data: requestOf(auto_approve),
})
export const reviewOpened: ExecutionEvent = {
  type: 'ReviewOpened',
  data: { review_id: reviewId, step_id: review.step_id, at: run.now },
}
export const openReview: CommandOf<'OpenReview'> = { type: 'OpenReview', review_id: reviewId, now: run.now }
export const decideReview = (approved: boolean, now = run.now): CommandOf<'DecideReview'> => ({
  type: 'DecideReview',
  review_id: reviewId,
  now,
  approved,
  approver_id: 'a1',
  personal: { decided_by: 'boss@example.com', comment: 'seen', address: '192.0.2.1', user_agent: 'a browser' },
})
export const invitationKey = (approver: string): string => `${review.step_id}/invitation/${approver}`
export const invitation = (approver: string, repeatable = true) =>
  ({
    effect_key: invitationKey(approver),
    step_id: review.step_id,
    kind: 'invitation',
    repeatable,
    author: run.attemptAuthor,
  }) as const
export const invited = (approver: string): ExecutionEventOf<'InvitationSent'> => ({
  type: 'InvitationSent',
  data: {
    effect_key: invitationKey(approver),
    step_id: review.step_id,
    review_id: reviewId,
    approver_id: approver,
    message_id: '<2@docg>',
  },
})

/** Up to the review's step at work. */
export const reviewing: ReadonlyArray<ExecutionEvent> = [
  reviewedCreated,
  run.started,
  ...run.done(trigger, render),
  run.stepStarted(review),
]
export const inReview = (auto_approve = false): ReadonlyArray<ExecutionEvent> => [
  ...reviewing,
  reviewRequested(auto_approve),
  reviewOpened,
]

type RetryAsked = Omit<CommandOf<'RetryExecution'>, 'type' | 'now'>
export const retryAsked = (plan: ReadonlyArray<PlannedStep> = run.planOf()): RetryAsked => ({
  execution_id: retryIdOf(run.executionId),
  from_step: 1,
  repeat_effects: false,
  workflow_version: 1,
  workflow_revision: '1',
  workflow_name: 'Contract Generation',
  plan,
  personal: { trigger_data: null },
})
