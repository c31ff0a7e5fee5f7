import type * as E from 'fp-ts/Either'
import type * as T from 'fp-ts/Task'
import type * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import type { Code, ParamsOf } from '../domain/messages'
import type { Severity } from '../domain/messages/entry'
import type { Draft, ExactObject } from '../domain/exact'
import type { Connection } from '../domain/connection'
import type { Phase, StepKind } from '../domain/execution/plan'
import type { Step } from '../domain/execution/state'
import type { ConnectionId, OrganizationId, TemplateId } from '../domain/ids'
import type { JsonObject } from '../domain/json'
import type { TemplateVersion } from '../domain/template'
import type { SecretStore } from '../stores/secrets/secret-store'
import type { Filling } from './texts/fill-in'
import type { OutgoingPolicy } from './outgoing/policy'
import type { StepFault, StepResult, StepRun, StepStop } from './steps/step-run'

/** Something found before a run begins; domain, advice and, unless said here, severity follow from the code. */
export type Finding = {
  readonly [C in Code]: {
    readonly code: C
    readonly params: ParamsOf<C>
    readonly tech: string
    readonly severity?: Severity
    /** JSON pointers (RFC 6901) to the fields of the node's configuration that it is about. */
    readonly pointers?: ReadonlyArray<string>
  }
}[Code]

/** A template as a run would use it: the version that it keeps to, and the number of the newest. */
export type UsedTemplate = { readonly version: TemplateVersion; readonly newest: number }

/** What a check may look at: nothing remote, nothing changing. Templates and connections of another organization are absent. */
export type Facts = {
  readonly label: string
  /** Of the node that is checked, from 1. */
  readonly position: number
  /** The document nodes before it; `bytes` about, 0 when it cannot be told. */
  readonly documentsBefore: ReadonlyArray<{ readonly position: number; readonly bytes: number }>
  readonly trigger: JsonObject
  readonly template: (id: TemplateId) => UsedTemplate | undefined
  readonly connection: (id: ConnectionId) => Connection | undefined
  /** Whether the product can send mail of its own. */
  readonly canMail: boolean
  /** What asking providers and opening templates found, by the id of the connection or template; nothing of those that were not asked. */
  readonly probed?: Readonly<Record<string, ReadonlyArray<Finding>>>
  /** What came of looking up what the trigger's data stand for; undefined where they are all there is. */
  readonly source?: Source | undefined
  /** What is left of the node's time, ms. */
  readonly msLeft: () => number
}

/** `isKnown`: the trigger's data hold it. */
export type Source = { readonly isKnown: boolean; readonly findings: ReadonlyArray<Finding> }

/** What a trigger may use to look up its data before a run, within the signal's time. */
export type LookUp = {
  readonly trigger: JsonObject
  readonly connection: (id: ConnectionId) => Connection | undefined
  readonly secrets: Pick<SecretStore, 'get' | 'renew'>
  readonly outgoing: OutgoingPolicy
  readonly signal: AbortSignal
}

export type Needs = { readonly templates: ReadonlyArray<TemplateId>; readonly connections: ReadonlyArray<ConnectionId> }

export type StepFilling = Filling & { readonly step: Pick<Step, 'label'> }

/** What is known of a step before it is tried; `filled` are its texts, filled in. */
export type Prepared<Filled> = Pick<StepRun, 'references' | 'documents' | 'step'> & { readonly filled: Filled }

type RequiredKey<Config> = {
  readonly [Key in keyof Config]-?: object extends Pick<Config, Key> ? never : Key
}[keyof Config]

/** One kind of node; a new one is a folder and a line in the registry. A draft's configuration may lack what is required. */
export type NodeType<Config, Filled = null> = {
  readonly node_type: string
  readonly aliases: ReadonlyArray<string>
  /** Triggers stand first in a workflow, the others after. */
  readonly kind: StepKind
  readonly phase: Phase
  readonly attempts: number
  readonly timeoutMs: number
  readonly config: ExactObject<Config>
  /** What is said where a required field is not there; null: data.node_not_configured, which names all of these fields together. */
  readonly missing: { readonly [Key in RequiredKey<Config>]: ((label: string) => Finding) | null }
  /** What else keeps a configuration from being of use, whatever the data: it is not activated. */
  readonly incomplete?: (config: Draft<Config>, label: string) => ReadonlyArray<Finding>
  readonly needs: (config: Draft<Config>) => Needs
  /**
   * For triggers whose data stand at a provider: what the step would fetch, so that the checks of all nodes know it. No findings where others say
   * already what is in the way.
   */
  readonly lookUp?: (config: Draft<Config>, asked: LookUp) => TE.TaskEither<ReadonlyArray<Finding>, JsonObject>
  /** Of what is there; what is not is told by `missing` and `incomplete`. */
  readonly check: (config: Draft<Config>, facts: Facts) => ReadonlyArray<Finding>
  /**
   * The texts of its configuration filled in, once for each attempt: pure, and done in another thread when it may take long. What it gives is
   * plain data, or why the step cannot be done.
   */
  readonly fill: (config: Config, given: StepFilling) => E.Either<StepFault, Filled>
  /** What goes into the step, shown as `data_in`, at most 64 kB. */
  readonly input: (config: Config, prepared: Prepared<Filled>) => E.Either<StepFault, JsonObject>
  readonly execute: (config: Config, run: StepRun & Prepared<Filled>) => TE.TaskEither<StepStop, StepResult>
}

export type Connected<Config, Secret> = { readonly config: Config; readonly secret: Secret | undefined }

export type Probed<Config, Secret> = Connected<Config, Secret> & {
  readonly organizationId: OrganizationId
  readonly connectionId: ConnectionId
}

export type ProbeDeps = {
  readonly outgoing: OutgoingPolicy
  /** To renew a secret that does not last. */
  readonly secrets: Pick<SecretStore, 'renew'>
  /** Aborts when the probe's time is over: what it then still says is not heard. */
  readonly signal: AbortSignal
}

/** One kind of connection; a new one is a folder and a line in the registry. */
export type ConnectionType<Config, Secret> = {
  readonly type: string
  /** As people call it. */
  readonly provider: string
  readonly config: t.Type<Config, unknown>
  readonly secret: t.Type<Secret, unknown>
  /** Who gets the secret, and how: where that changes, the secret has to be given again. */
  readonly recipient: (config: Config) => ReadonlyArray<unknown>
  /** What is found when the provider does not answer in time. */
  readonly unreachable: (tech: string) => Finding
  /** Connects and logs in as a step would, and leaves nothing. What it finds is why steps that use the connection would fail. */
  readonly probe: (connection: Probed<Config, Secret>, deps: ProbeDeps) => T.Task<ReadonlyArray<Finding>>
}
