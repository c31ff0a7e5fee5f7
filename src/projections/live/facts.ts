import type { ExecutionEvent } from '../../domain/execution'
import { type Execution, type ExecutionState, type RecordedFinding, stepOf } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import { domains } from '../../domain/messages/entry'
import type { StepId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import { previewOf } from './preview'
import type { LiveFact, LiveFault } from './schema'

const faultOf = ({ code, personal: { params, text, tech } }: Fault): LiveFault => ({
  code,
  params,
  error_human: text,
  error_tech: tech,
})

const stepFields = (run: Execution, id: StepId) => {
  const { step_id, node_id, node_type, position } = stepOf(run, id) ?? {}
  return step_id === undefined || node_id === undefined || node_type === undefined || position === undefined
    ? undefined
    : { step_id, node_id, node_type, position }
}

const documentOf = (run: Execution, id: StepId) =>
  run.documents.filter(({ step_id }) => step_id === id).at(-1)?.document_id ?? null

const countsByDomain = (findings: ReadonlyArray<RecordedFinding>): JsonObject =>
  Object.fromEntries(domains.map((domain) => [domain, findings.filter((finding) => finding.domain === domain).length]))

const findingsAtMost = 20

/** What blocks before what warns: a message is to stay small. */
const foremost = (findings: ReadonlyArray<RecordedFinding>): ReadonlyArray<RecordedFinding> =>
  [
    ...findings.filter(({ severity }) => severity === 'blocking'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ].slice(0, findingsAtMost)

/** What the event itself says. `stepMs`: how long its step has been running. */
const ownFacts = (run: Execution, event: ExecutionEvent, stepMs: number | null): ReadonlyArray<LiveFact> => {
  switch (event.type) {
    case 'ExecutionCreated': {
      const { trigger_type, personal } = event.data
      return [{ event_type: 'execution.created', data: { trigger_type, trigger_data: personal.trigger_data } }]
    }
    case 'StepStarted': {
      const step = stepFields(run, event.data.step_id)
      return step === undefined ? [] : [{ event_type: 'step.started', data: { ...step, attempt: event.data.attempt } }]
    }
    case 'StepCompleted': {
      const step = stepFields(run, event.data.step_id)
      if (step === undefined) return []
      const document_id = documentOf(run, event.data.step_id)
      const output_preview = previewOf(event.data.output)
      return [{ event_type: 'step.completed', data: { ...step, duration_ms: stepMs, document_id, output_preview } }]
    }
    case 'StepFailed': {
      const step = stepFields(run, event.data.step_id)
      return step === undefined ? [] : [{ event_type: 'step.failed', data: { ...step, ...faultOf(event.data.fault) } }]
    }
    case 'PreflightCompleted': {
      const { blocking_count, warning_count, personal } = event.data
      return [
        {
          event_type: 'preflight.completed',
          data: {
            blocking_count,
            warning_count,
            groups: countsByDomain(personal.findings),
            findings: foremost(personal.findings),
          },
        },
      ]
    }
    case 'StepSkipped': {
      const step = stepFields(run, event.data.step_id)
      return step === undefined ? [] : [{ event_type: 'step.skipped', data: { ...step, reason: event.data.reason } }]
    }
    case 'ReviewOpened': {
      const { review_id, step_id } = event.data
      const review = run.reviews.find((each) => each.review_id === review_id)
      return review === undefined
        ? []
        : [{ event_type: 'review.requested', data: { review_id, step_id, expires_at: review.expires_at } }]
    }
    case 'ReviewDecided': {
      const { review_id, step_id, approved, via, personal } = event.data
      const { decided_by, comment } = personal
      return [{ event_type: 'review.decided', data: { review_id, step_id, approved, via, decided_by, comment } }]
    }
    case 'ExecutionStarted':
    case 'PauseRequested':
    case 'ExecutionPaused':
    case 'ExecutionResumed':
    case 'CancelRequested':
    case 'ExecutionCanceled':
    case 'ExecutionRetried':
    case 'ControlRefused':
    case 'StepReused':
    case 'EffectCarriedOver':
    case 'InvitationSent':
    case 'DocumentExpired':
    case 'ReviewRequested':
    case 'ReviewExpired':
    case 'StepAttemptFailed':
    case 'EffectIntended':
    case 'DocumentGenerated':
    case 'DocumentSaved':
    case 'DocumentSent':
    case 'EffectAbandoned':
    case 'DeliveryOutcomeLost':
    case 'DeliveryOutcomeDecided':
    case 'ExecutionCompleted':
    case 'ExecutionFailed':
      return []
  }
}

const causeOf = (event: ExecutionEvent): LiveFault | null =>
  event.type === 'ExecutionFailed' || event.type === 'DeliveryOutcomeLost' ? faultOf(event.data.fault) : null

const changes = (before: ExecutionState, run: Execution, event: ExecutionEvent): ReadonlyArray<LiveFact> => {
  if (before.status === 'unborn') return []
  const moved = { from: before.status, to: run.status, because: causeOf(event) }
  return [
    ...(moved.from === moved.to ? [] : [{ event_type: 'execution.status_changed', data: moved } as const]),
    ...(before.progress === run.progress
      ? []
      : [{ event_type: 'execution.progress', data: { progress: run.progress } } as const]),
  ]
}

const ending = (event: ExecutionEvent, actor: string | null): ReadonlyArray<LiveFact> => {
  if (event.type === 'ExecutionCanceled')
    return [{ event_type: 'execution.canceled', data: { canceled_by: actor, reason: event.data.personal.reason } }]
  if (event.type === 'ExecutionCompleted') return [{ event_type: 'execution.completed', data: {} }]
  if (event.type !== 'ExecutionFailed') return []
  const { step_id, fault } = event.data
  return [{ event_type: 'execution.failed', data: { step_id, ...faultOf(fault) } }]
}

/** `actor`: whose event it is. An event's messages in order: its own, then what changed in the run, then the end of the run, which is always the last. */
export const factsOf = (
  before: ExecutionState,
  run: Execution,
  event: ExecutionEvent,
  stepMs: number | null,
  actor: string | null,
): ReadonlyArray<LiveFact> => [...ownFacts(run, event, stepMs), ...changes(before, run, event), ...ending(event, actor)]
