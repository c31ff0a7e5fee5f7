import type * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../domain/connection/connection'
import type { EffectKey, GeneratedDocument, Intention } from '../domain/execution/effects'
import type { Receipt } from '../domain/execution/events'
import type { Effect, Step } from '../domain/execution/state'
import type { Fault } from '../domain/fault'
import type { ConnectionId, ExecutionId, OrganizationId, TemplateId } from '../domain/ids'
import type { JsonObject } from '../domain/json'
import type { Template } from '../domain/template/template'
import type { BlobStore } from '../stores/blobs/blob-store'
import type { SecretStore } from '../stores/secrets/secret-store'
import type { OutgoingPolicy } from './outgoing/policy'
import type { DocxEngine } from './uploaded-document/docx'

/** A step cannot do its work. `retryable`: the same again may succeed (4xx of SMTP, time-outs); else the run ends. */
export type StepFault = { readonly _tag: 'StepFault'; readonly retryable: boolean; readonly fault: Fault }
/** A part of docg itself is away: tried again without limit, no attempt is counted. */
export type Unavailable = { readonly _tag: 'Unavailable'; readonly reason: string }
/** A person has to say whether the effect happened; the run waits. */
export type OutcomeLost = { readonly _tag: 'OutcomeLost' }
export type StepStop = StepFault | Unavailable | OutcomeLost

/** What an effect's failure says about the world outside. */
export type EffectFault = {
  readonly _tag: 'EffectFault'
  readonly happened: 'no' | 'unknown'
  readonly fault: StepFault
}

/**
 * Runs `act` at most once per key: intention before, receipt after, both in the log. An effect already done is not done again: its first
 * receipt is the answer, undefined when a person assumed that it happened.
 */
export type Once = (
  intention: Omit<Intention, 'step_id'>,
  act: TE.TaskEither<EffectFault | Unavailable, Receipt>,
) => TE.TaskEither<StepStop, Receipt | undefined>

/** Values that `{{trigger.<path>}}` and `{{step.<position>.<path>}}` stand for. */
export type References = { readonly trigger: JsonObject; readonly step: Readonly<Record<string, JsonObject>> }

/** The world as a step sees it. */
export type StepServices = {
  readonly blobs: BlobStore
  readonly secrets: SecretStore
  /** Only those of the run's organization. */
  readonly template: (id: TemplateId) => TE.TaskEither<Unavailable, Template | undefined>
  readonly connection: (id: ConnectionId) => TE.TaskEither<Unavailable, Connection | undefined>
  readonly docx: Pick<DocxEngine, 'renderTemplate'>
  readonly outgoing: OutgoingPolicy
}

export type StepRun = StepServices & {
  readonly executionId: ExecutionId
  readonly organizationId: OrganizationId
  readonly step: Step
  readonly references: References
  /** Documents of the steps before, in order; a document's bytes are `blobs.get(sha256)`. */
  readonly documents: ReadonlyArray<GeneratedDocument>
  readonly effectKey: (target: string) => EffectKey
  /** What an earlier attempt at this step meant to do under this key. */
  readonly effect: (key: EffectKey) => Effect | undefined
  readonly once: Once
}

/** `output` may be shown to anyone who may see the run; `personal` names people. Both can be referred to by later steps. */
export type StepResult = { readonly output: JsonObject; readonly personal: JsonObject }
