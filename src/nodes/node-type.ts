import type * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import type { Params } from '../domain/catalogue/text'
import type { Code } from '../domain/catalogue'
import type { Connection } from '../domain/connection/connection'
import type { Phase, StepKind } from '../domain/execution/plan'
import type { ConnectionId, TemplateId } from '../domain/ids'
import type { JsonObject } from '../domain/json'
import type { TemplateVersion } from '../domain/template/version'
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
  readonly template: (id: TemplateId) => TemplateVersion | undefined
  readonly connection: (id: ConnectionId) => Connection | undefined
  /** Whether the product can send mail of its own. */
  readonly canMail: boolean
}

export type Needs = { readonly templates: ReadonlyArray<TemplateId>; readonly connections: ReadonlyArray<ConnectionId> }

/** One kind of node; a new one is a folder and a line in the registry. */
export type NodeType<Config> = {
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
  /** What goes into the step, shown as `data_in`; a pure function of configuration and references, at most 64 kB. */
  readonly input: (
    config: Config,
    run: Pick<StepRun, 'references' | 'documents' | 'step'>,
  ) => E.Either<StepFault, JsonObject>
  readonly execute: (config: Config, run: StepRun) => TE.TaskEither<StepStop, StepResult>
}
