import * as t from 'io-ts'
import { eventCodec, type EventOf } from '../codec'
import { Fault } from '../fault'
import { ExecutionId, OrganizationId, StepId, WorkflowId } from '../ids'
import { JsonObject } from '../json'
import {
  AbandonedEffect,
  EffectKey,
  GeneratedDocument,
  Intention,
  SavedDocument,
  SentDocument,
  Settlement,
} from './effects'
import { PlannedStep } from './plan'

export const ExecutionCreated = t.readonly(
  t.type({
    execution_id: ExecutionId,
    organization_id: OrganizationId,
    workflow_id: WorkflowId,
    workflow_name: t.string,
    workflow_version: t.number,
    /** Revision of the definition's stream that this run keeps to, decimal. */
    workflow_revision: t.string,
    trigger_type: t.string,
    plan: t.readonlyArray(PlannedStep),
    personal: t.readonly(t.type({ trigger_data: JsonObject })),
  }),
)
export type ExecutionCreated = t.TypeOf<typeof ExecutionCreated>

const stepFields = { step_id: StepId, node_id: t.string, position: t.number }

const events = {
  ExecutionCreated,
  ExecutionStarted: t.readonly(t.type({ execution_id: ExecutionId })),
  StepStarted: t.readonly(
    t.type({ ...stepFields, attempt: t.number, personal: t.readonly(t.type({ data_in: JsonObject })) }),
  ),
  StepAttemptFailed: t.readonly(
    t.type({ ...stepFields, attempt: t.number, attempts_at_most: t.number, retry_in_ms: t.number, fault: Fault }),
  ),
  StepCompleted: t.readonly(
    t.type({ ...stepFields, output: JsonObject, personal: t.readonly(t.type({ output: JsonObject })) }),
  ),
  StepFailed: t.readonly(t.type({ ...stepFields, fault: Fault })),
  EffectIntended: Intention,
  DocumentGenerated: GeneratedDocument,
  DocumentSaved: SavedDocument,
  DocumentSent: SentDocument,
  EffectAbandoned: AbandonedEffect,
  DeliveryOutcomeLost: t.readonly(t.type({ effect_key: EffectKey, step_id: StepId, fault: Fault })),
  DeliveryOutcomeDecided: t.readonly(t.type({ effect_key: EffectKey, step_id: StepId, decision: Settlement })),
  ExecutionCompleted: t.readonly(t.type({ execution_id: ExecutionId })),
  ExecutionFailed: t.readonly(t.type({ execution_id: ExecutionId, step_id: StepId, fault: Fault })),
}

export const ExecutionEvents = eventCodec(events)
export type ExecutionEvent = EventOf<typeof events>
export type ExecutionEventOf<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { readonly type: Type }>
export type Receipt = ExecutionEventOf<'DocumentGenerated' | 'DocumentSaved' | 'DocumentSent'>
