import type * as TE from 'fp-ts/TaskEither'
import type { Locale } from '../../domain/messages/entry'
import type { Connection } from '../../domain/connection'
import type { EventNotEncodable, EventTooLarge } from '../../domain/event-store'
import type { ExecutionCommand } from '../../domain/execution'
import type { EffectKey, Intention, Receipt } from '../../domain/execution/receipts'
import type { ReviewCommand } from '../../domain/execution/reviews'
import type { Effect, MadeDocument, Review, Step } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import type { ConnectionId, ExecutionId, OrganizationId, TemplateId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { TemplateVersion } from '../../domain/template'
import type { BlobStore } from '../../stores/blobs/blob-store'
import type { SecretStore } from '../../stores/secrets/secret-store'
import type { OutgoingPolicy } from '../outgoing/policy'
import type { SmtpTarget } from '../email/smtp-session'
import type { SmtpSessions } from '../email/smtp-sessions'
import type { DocxEngine } from '../uploaded-document/docx'

/** A step cannot do its work. `retryable`: the same again may succeed (4xx of SMTP, time-outs); else the run ends. */
export type StepFault = {
  readonly _tag: 'StepFault'
  readonly retryable: boolean
  readonly fault: Fault
  /** How long whoever was asked wants to be left alone. */
  readonly retryAfterMs?: number
}
/** A part of docg itself is away: tried again without limit, no attempt is counted. */
export type Unavailable = { readonly _tag: 'Unavailable'; readonly reason: string }
/** The run waits for somebody, or somebody else has moved it: what the log says now decides how it goes on. */
export type LookAgain = { readonly _tag: 'LookAgain' }
/** What the log never takes, however often it is told: nothing from this command on is in it. */
export type Unsayable = {
  readonly _tag: 'Unsayable'
  readonly command: ExecutionCommand
  readonly error: EventTooLarge | EventNotEncodable
}
/** Its stream was deleted. */
export type RunGone = { readonly _tag: 'RunGone' }
export type StepStop = StepFault | Unavailable | LookAgain | Unsayable | RunGone

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
  intention: Omit<Intention, 'step_id' | 'author'>,
  act: TE.TaskEither<EffectFault | Unavailable, Receipt>,
) => TE.TaskEither<StepStop, Receipt | undefined>

/** Values that `{{trigger.<path>}}` and `{{step.<position>.<path>}}` stand for. */
export type References = { readonly trigger: JsonObject; readonly step: Readonly<Record<string, JsonObject>> }

/** The world as a step sees it. */
export type StepServices = {
  readonly blobs: BlobStore
  readonly secrets: Pick<SecretStore, 'get' | 'renew'>
  /** The version that the run keeps to. What belongs to another organization is not there. */
  readonly template: (id: TemplateId) => TE.TaskEither<Unavailable, TemplateVersion | undefined>
  readonly connection: (id: ConnectionId) => TE.TaskEither<Unavailable, Connection | undefined>
  readonly docx: Pick<DocxEngine, 'renderTemplate'>
  readonly outgoing: OutgoingPolicy
  readonly smtp: SmtpSessions
  /** The product's own mail, to people who have no account; undefined when it is not configured. */
  readonly mailer: Mailer | undefined
}

/** `from` is a mailbox. */
export type Mailer = {
  readonly target: SmtpTarget
  /** Where a person decides on a review, and the SHA-256 of the link's secret, hex. The same for the same review and approver. */
  readonly reviewLink: (
    execution: ExecutionId,
    review: string,
    approver: string,
  ) => { readonly url: string; readonly token_sha256: string }
  /** For people of whom nothing else is known. */
  readonly localeOf: (organization: OrganizationId) => TE.TaskEither<Unavailable, Locale>
}

export type StepRun = StepServices & {
  readonly executionId: ExecutionId
  readonly organizationId: OrganizationId
  readonly workflowName: string
  readonly step: Step
  readonly dryRun: boolean
  /** Aborts when the run is canceled or the attempt is given up: work that can stop, stops. */
  readonly signal: AbortSignal
  /** RFC 3339 UTC with milliseconds. */
  readonly now: () => string
  readonly references: References
  /** Documents of the steps before, in order; a document's bytes are `blobs.get(sha256)`. */
  readonly documents: ReadonlyArray<MadeDocument>
  readonly effectKey: (target: string) => EffectKey
  /** What an earlier attempt at this step meant to do under this key. */
  readonly effect: (key: EffectKey) => Effect | undefined
  readonly once: Once
  /** The reviews that earlier attempts at this step asked for. */
  readonly reviews: ReadonlyArray<Review>
  /** Asks people; in the log when it resolves. */
  readonly review: (
    command: Extract<ReviewCommand, { readonly type: 'RequestReview' | 'OpenReview' }>,
  ) => TE.TaskEither<StepStop, void>
}

/** `output` may be shown to anyone who may see the run; `personal` names people. Both can be referred to by later steps. */
export type StepResult = { readonly output: JsonObject; readonly personal: JsonObject }
