import type * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import type { Params } from '../domain/catalogue/text'
import type { Code } from '../domain/catalogue'
import type { Connection } from '../domain/connection/connection'
import type { Phase, StepKind } from '../domain/execution/plan'
import type { Step } from '../domain/execution/state'
import type { ConnectionId, TemplateId } from '../domain/ids'
import type { JsonObject } from '../domain/json'
import type { Template } from '../domain/template/template'
import type { Filling } from './references'
import type { StepFault, StepResult, StepRun, StepStop } from './step-run'

/** Something found before a run begins; severity, domain and advice follow from the code. */
export type Finding = { readonly code: Code; readonly params: Params; readonly tech: string }

/** What a check may look at: nothing remote, nothing changing. Templates and connections of another organization are absent. */
export type Facts = {
  readonly label: string
  /** Of the node that is checked, from 1. */
  readonly position: number
  /** Positions of the document nodes before it. */
  readonly documentsBefore: ReadonlyArray<number>
  readonly trigger: JsonObject
  readonly template: (id: TemplateId) => Template | undefined
  readonly connection: (id: ConnectionId) => Connection | undefined
  /** Whether the product can send mail of its own. */
  readonly canMail: boolean
  /** What is left of the node's time, ms. */
  readonly msLeft: () => number
}

export type Needs = { readonly templates: ReadonlyArray<TemplateId>; readonly connections: ReadonlyArray<ConnectionId> }

export type StepFilling = Filling & { readonly step: Pick<Step, 'label'> }

/** What is known of a step before it is tried; `filled` are its texts, filled in. */
export type Prepared<Filled> = Pick<StepRun, 'references' | 'documents' | 'step'> & { readonly filled: Filled }

/** One kind of node; a new one is a folder and a line in the registry. */
export type NodeType<Config, Filled = null> = {
  readonly node_type: string
  readonly aliases: ReadonlyArray<string>
  /** Triggers stand first in a workflow, the others after. */
  readonly kind: StepKind
  readonly phase: Phase
  readonly attempts: number
  readonly timeoutMs: number
  readonly config: t.Type<Config, unknown>
  readonly needs: (config: Config) => Needs
  readonly check: (config: Config, facts: Facts) => ReadonlyArray<Finding>
  /**
   * The texts of its configuration filled in, once for each attempt: pure, and done in another thread when it may take long. What it gives is
   * plain data, or why the step cannot be done.
   */
  readonly fill: (config: Config, given: StepFilling) => E.Either<StepFault, Filled>
  /** What goes into the step, shown as `data_in`, at most 64 kB. */
  readonly input: (config: Config, prepared: Prepared<Filled>) => E.Either<StepFault, JsonObject>
  readonly execute: (config: Config, run: StepRun & Prepared<Filled>) => TE.TaskEither<StepStop, StepResult>
}
