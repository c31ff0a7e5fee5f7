import * as t from 'io-ts'
import { DocumentId, StepId } from '../ids'
import { JsonObject } from '../json'

/** (step, target): one per thing that happens outside. */
export const EffectKey = t.string
export type EffectKey = t.TypeOf<typeof EffectKey>

/** What is meant to happen outside. */
const intended = {
  effect_key: EffectKey,
  step_id: StepId,
  kind: t.keyof({ document: null, storage: null, email: null, invitation: null }),
  /** Whether doing it again under the same key does no harm. */
  repeatable: t.boolean,
}

/** `author` is the attempt that means it: another's intention without a receipt may have happened. */
export const Intention = t.readonly(t.type({ ...intended, author: t.string }))
export type Intention = t.TypeOf<typeof Intention>

const receipt = { effect_key: EffectKey, step_id: StepId }

export const GeneratedDocument = t.readonly(
  t.type({
    ...receipt,
    document_id: DocumentId,
    content_type: t.string,
    size: t.number,
    sha256: t.string,
    template_id: t.string,
    template_version: t.number,
    /** RFC 3339; its bytes are deleted then. Null: kept. */
    expires_at: t.union([t.string, t.null]),
    personal: t.readonly(t.type({ file_name: t.string })),
  }),
)
export type GeneratedDocument = t.TypeOf<typeof GeneratedDocument>

export const SavedDocument = t.readonly(
  t.type({
    ...receipt,
    document_id: DocumentId,
    sha256: t.string,
    personal: t.readonly(t.type({ location: t.string })),
  }),
)
export type SavedDocument = t.TypeOf<typeof SavedDocument>

export const SentDocument = t.readonly(
  t.type({
    ...receipt,
    message_id: t.string,
    document_ids: t.readonlyArray(DocumentId),
    personal: t.readonly(
      t.type({ recipients: t.readonlyArray(t.string), rejected: t.readonlyArray(t.string), subject: t.string }),
    ),
  }),
)
export type SentDocument = t.TypeOf<typeof SentDocument>

/** An approver was told of a review. */
export const SentInvitation = t.readonly(
  t.type({ ...receipt, review_id: t.string, approver_id: t.string, message_id: t.string }),
)
export type SentInvitation = t.TypeOf<typeof SentInvitation>

const tagged = <Type extends string, C extends t.Mixed>(type: Type, data: C) =>
  t.readonly(t.type({ type: t.literal(type), data }))

/** The event that says that an effect happened. */
export const Receipt = t.union([
  tagged('DocumentGenerated', GeneratedDocument),
  tagged('DocumentSaved', SavedDocument),
  tagged('DocumentSent', SentDocument),
  tagged('InvitationSent', SentInvitation),
])
export type Receipt = t.TypeOf<typeof Receipt>

/** What a person says about an effect whose outcome was lost. */
export const OutcomeDecision = t.keyof({ resend: null, assume_sent: null }, 'OutcomeDecision')
export type OutcomeDecision = t.TypeOf<typeof OutcomeDecision>

/** `output` names no one; `personal.output` may. Later steps may refer to both. */
export const StepOutput = { output: JsonObject, personal: t.readonly(t.type({ output: JsonObject })) }
