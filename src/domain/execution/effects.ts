import * as t from 'io-ts'
import { DocumentId, StepId } from '../ids'
import { Fault } from '../fault'
import { JsonObject } from '../json'

/** (step, target): one per thing that happens outside. */
export const EffectKey = t.string
export type EffectKey = t.TypeOf<typeof EffectKey>

export const Intention = t.readonly(
  t.intersection([
    t.type({
      effect_key: EffectKey,
      step_id: StepId,
      kind: t.keyof({ document: null, storage: null, email: null }),
      /** Whether doing it again under the same key does no harm. */
      repeatable: t.boolean,
    }),
    /** Choices that a repeat must keep to, such as the template's version. Names no one. */
    t.partial({ detail: JsonObject }),
  ]),
)
export type Intention = t.TypeOf<typeof Intention>

export const GeneratedDocument = t.readonly(
  t.type({
    effect_key: EffectKey,
    step_id: StepId,
    document_id: DocumentId,
    content_type: t.string,
    size: t.number,
    sha256: t.string,
    template_id: t.string,
    template_version: t.number,
    personal: t.readonly(t.type({ file_name: t.string })),
  }),
)
export type GeneratedDocument = t.TypeOf<typeof GeneratedDocument>

export const SavedDocument = t.readonly(
  t.type({
    effect_key: EffectKey,
    step_id: StepId,
    document_id: DocumentId,
    sha256: t.string,
    personal: t.readonly(t.type({ location: t.string })),
  }),
)
export type SavedDocument = t.TypeOf<typeof SavedDocument>

export const SentDocument = t.readonly(
  t.type({
    effect_key: EffectKey,
    step_id: StepId,
    message_id: t.string,
    document_ids: t.readonlyArray(DocumentId),
    personal: t.readonly(
      t.type({ recipients: t.readonlyArray(t.string), rejected: t.readonlyArray(t.string), subject: t.string }),
    ),
  }),
)
export type SentDocument = t.TypeOf<typeof SentDocument>

/** The effect is known not to have happened; it may be intended again. */
export const AbandonedEffect = t.readonly(t.type({ effect_key: EffectKey, step_id: StepId, fault: Fault }))
export type AbandonedEffect = t.TypeOf<typeof AbandonedEffect>

/** What a person says about an effect whose outcome was lost. */
export const Decision = t.keyof({ resend: null, assume_sent: null }, 'Decision')
export type Decision = t.TypeOf<typeof Decision>

/** `receipt_found`: the attempt that was given up for lost reported after all. */
export const Settlement = t.keyof({ resend: null, assume_sent: null, receipt_found: null }, 'Settlement')
