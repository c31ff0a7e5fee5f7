import type { ExecutionCommand, ExecutionEvent, ExecutionEventOf } from '../../src/domain/execution'
import type { PlannedStep } from '../../src/domain/execution/plan'
import { fault } from '../../src/domain/fault'
import {
  CorrelationId,
  derivedId,
  DocumentId,
  ExecutionId,
  NodeId,
  OrganizationId,
  stepIdOf,
  WorkflowId,
} from '../../src/domain/ids'

const namespace = '6ba7b810-9dad-41d1-80b4-00c04fd430c8'

export const executionId = derivedId(ExecutionId, namespace, 'execution')
export const organizationId = derivedId(OrganizationId, namespace, 'organization')
export const workflowId = derivedId(WorkflowId, namespace, 'workflow')
export const correlationId = derivedId(CorrelationId, namespace, 'correlation')
export const documentId = derivedId(DocumentId, namespace, 'document')

const kinds = [
  { node_type: 'manual', label: 'Start', phase: 'trigger', kind: 'trigger' },
  { node_type: 'uploaded-document', label: 'Generate Document', phase: 'render', kind: 'document' },
  { node_type: 'email', label: 'Send', phase: 'delivery', kind: 'delivery' },
  { node_type: 'storage', label: 'Archive', phase: 'save', kind: 'delivery' },
] as const

export const planOf = (execution: ExecutionId = executionId): ReadonlyArray<PlannedStep> =>
  kinds.map((kind, i) => {
    const node_id = derivedId(NodeId, namespace, 'node', String(i))
    return { ...kind, node_id, position: i + 1, step_id: stepIdOf(execution, node_id) }
  })

const [trigger, render, email, archive] = planOf() as [PlannedStep, PlannedStep, PlannedStep, PlannedStep]
export const steps = { trigger, render, email, archive }

export const created: ExecutionEventOf<'ExecutionCreated'> = {
  type: 'ExecutionCreated',
  data: {
    execution_id: executionId,
    organization_id: organizationId,
    workflow_id: workflowId,
    workflow_name: 'Contract Generation',
    workflow_version: 1,
    workflow_revision: '1',
    trigger_type: 'manual',
    dry_run: false,
    until_phase: null,
    retry_of: null,
    plan: planOf(),
    personal: { trigger_data: { deal_id: '123' } },
  },
}

export const started: ExecutionEvent = { type: 'ExecutionStarted', data: { execution_id: executionId } }

const fieldsOf = ({ step_id, node_id, position }: PlannedStep) => ({ step_id, node_id, position })

/** The attempt whose word the events are, and when they were said. */
export const worker = 'worker 1'
export const attemptAuthor = 'worker 1/1'
export const now = '2026-11-22T10:30:00.000Z'
export const retryAt = '2026-11-22T10:30:01.000Z'

export const stepStarted = (step: PlannedStep, attempt = 1): ExecutionEvent => ({
  type: 'StepStarted',
  data: { ...fieldsOf(step), attempt, author: worker, personal: { data_in: {} } },
})

export const stepCompleted = (step: PlannedStep): ExecutionEvent => ({
  type: 'StepCompleted',
  data: { ...fieldsOf(step), output: { ok: true }, personal: { output: {} } },
})

export const unreachable = fault('delivery.smtp_unreachable', {}, 'ECONNREFUSED')
export const refused = fault('delivery.recipient_rejected', { email: 'a@example.com' }, '550')
export const outcomeUnknown = fault('delivery.outcome_unknown', { label: 'Send' }, 'no receipt')

export const attemptFailed = (step: PlannedStep, attempt = 1): ExecutionEvent => ({
  type: 'StepAttemptFailed',
  data: { ...fieldsOf(step), attempt, attempts_at_most: 3, at: now, retry_at: retryAt, fault: unreachable },
})

export const stepFailed = (step: PlannedStep): ExecutionEvent => ({
  type: 'StepFailed',
  data: { ...fieldsOf(step), fault: refused },
})

export const failed = (step: PlannedStep): ExecutionEvent => ({
  type: 'ExecutionFailed',
  data: { execution_id: executionId, step_id: step.step_id, fault: refused },
})

export const completed: ExecutionEvent = {
  type: 'ExecutionCompleted',
  data: { execution_id: executionId, stopped_after: null },
}

export const emailKey = `${email.step_id}/email`
export const renderKey = `${render.step_id}/document`

export const sendIntention = {
  effect_key: emailKey,
  step_id: email.step_id,
  kind: 'email',
  repeatable: false,
  author: attemptAuthor,
} as const
export const renderIntention = {
  effect_key: renderKey,
  step_id: render.step_id,
  kind: 'document',
  repeatable: true,
  author: attemptAuthor,
} as const
export const sendIntended: ExecutionEvent = { type: 'EffectIntended', data: sendIntention }
export const renderIntended: ExecutionEvent = { type: 'EffectIntended', data: renderIntention }

export const sent: ExecutionEventOf<'DocumentSent'> = {
  type: 'DocumentSent',
  data: {
    effect_key: emailKey,
    step_id: email.step_id,
    message_id: '<1@docg>',
    document_ids: [documentId],
    personal: { recipients: ['a@example.com'], rejected: [], subject: 'Contract' },
  },
}

export const generated: ExecutionEventOf<'DocumentGenerated'> = {
  type: 'DocumentGenerated',
  data: {
    effect_key: renderKey,
    step_id: render.step_id,
    document_id: documentId,
    content_type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    size: 3,
    sha256: 'ab'.repeat(32),
    template_id: 'template',
    template_version: 1,
    expires_at: null,
    personal: { file_name: 'contract.docx' },
  },
}

export const outcomeLost: ExecutionEvent = {
  type: 'DeliveryOutcomeLost',
  data: { effect_key: emailKey, step_id: email.step_id, at: now, fault: outcomeUnknown },
}
export const outcomeDecided = (decision: 'resend' | 'assume_sent' | 'receipt_found'): ExecutionEvent => ({
  type: 'DeliveryOutcomeDecided',
  data: { effect_key: emailKey, step_id: email.step_id, decision },
})

export const done = (...some: ReadonlyArray<PlannedStep>): ReadonlyArray<ExecutionEvent> =>
  some.flatMap((step) => [stepStarted(step), stepCompleted(step)])

/** Everything up to the e-mail step at work. */
export const sending: ReadonlyArray<ExecutionEvent> = [
  created,
  started,
  ...done(steps.trigger, steps.render),
  stepStarted(steps.email),
]

/** A person says what became of an effect whose outcome was lost. */
export const decideOutcome = (decision: 'resend' | 'assume_sent'): ExecutionCommand => ({
  type: 'ResumeExecution',
  now,
  approved: true,
  decision,
  recheck: [],
  changes: {},
  reason: null,
})

/** Checks that found nothing, and the versions of templates that they chose. */
export const preflightCompleted = (
  templates: ExecutionEventOf<'PreflightCompleted'>['data']['templates'] = [],
): ExecutionEvent => ({
  type: 'PreflightCompleted',
  data: {
    execution_id: executionId,
    at: now,
    duration_ms: 1,
    input_hash: 'ab'.repeat(32),
    workflow_version: 1,
    workflow_revision: '1',
    templates,
    nodes: [],
    blocking_count: 0,
    warning_count: 0,
    personal: { findings: [] },
  },
})
