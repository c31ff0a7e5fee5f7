import type { ConnectionRefusal } from '../domain/connection'
import type { Issue } from '../domain/messages/issue'
import type { HandlerError } from '../domain/command-handler'
import type { ExecutionRefusal } from '../domain/execution'
import type { Control } from '../domain/execution/next'
import type { ExecutionStatus } from '../domain/execution/state'
import type { LoadError } from '../domain/load'
import type { TemplateRefusal } from '../domain/template'
import type { ReadModelBehind } from '../projections/executions/queries'
import type { WorkflowDefinitionRefusal, WorkflowStatus } from '../domain/workflow-definition'
import type { ChecksUnavailable } from '../nodes/preflight'
import type { BlobNotFound, BlobStoreUnavailable } from '../stores/blobs/blob-store'
import type { Role } from '../domain/visibility'
import type { IdentityUnavailable } from '../stores/identity/identity-store'
import type { SecretStoreUnavailable } from '../stores/secrets/secret-store'

/** Where: a JSON pointer into the body (RFC 6901), a query parameter or a header. */
export type InputProblem = {
  readonly pointer?: string
  readonly parameter?: string
  readonly header?: string
  readonly problem: string
}
export type BadRequest = { readonly _tag: 'BadRequest'; readonly problems: ReadonlyArray<InputProblem> }
export type Unauthenticated = {
  readonly _tag: 'Unauthenticated'
  readonly reason: 'missing' | 'malformed' | 'unknown' | 'expired'
}
export type OrganizationForbidden = { readonly _tag: 'OrganizationForbidden' }
export type RoleMissing = { readonly _tag: 'RoleMissing'; readonly allowed: ReadonlyArray<Role> }
/** Does not exist, or belongs to another organization: the answer is the same. */
export type NotFound = { readonly _tag: 'NotFound' }
export type RouteNotFound = { readonly _tag: 'RouteNotFound' }
export type MethodNotAllowed = { readonly _tag: 'MethodNotAllowed'; readonly allowed: ReadonlyArray<string> }
export type NotAcceptable = { readonly _tag: 'NotAcceptable' }
export type UnsupportedMediaType = { readonly _tag: 'UnsupportedMediaType'; readonly expected: string }
/** `limit` in bytes. */
export type BodyTooLarge = { readonly _tag: 'BodyTooLarge'; readonly limit: number }
/** `limit`: fields of objects and items of lists. */
export type TooManyValues = { readonly _tag: 'TooManyValues'; readonly limit: number }
export type BodyCutOff = { readonly _tag: 'BodyCutOff' }
/** A form that comes from another site's page. */
export type ForeignForm = { readonly _tag: 'ForeignForm' }
export type PreconditionRequired = { readonly _tag: 'PreconditionRequired' }
export type WorkflowNotActive = { readonly _tag: 'WorkflowNotActive'; readonly status: WorkflowStatus }
/** `accepted`: the controls that the run would take. */
export type ControlNotPossible = {
  readonly _tag: 'ControlNotPossible'
  readonly status: ExecutionStatus
  readonly accepted: ReadonlyArray<Control>
}
/** Active workflows use the connection: `count` of them, the first of them named. */
export type ConnectionInUse = {
  readonly _tag: 'ConnectionInUse'
  readonly workflows: ReadonlyArray<{ readonly id: string; readonly name: string }>
  readonly count: number
}
/** What the steps before rest on has changed: `workflow_version`, `trigger_data`, `template <id>`. */
export type RetryNotPossible = { readonly _tag: 'RetryNotPossible'; readonly changed: ReadonlyArray<string> }
export type PreflightBlocked = { readonly _tag: 'PreflightBlocked'; readonly issues: ReadonlyArray<Issue> }
/** What an active workflow must have, and this one lacks. */
export type WorkflowIncomplete = { readonly _tag: 'WorkflowIncomplete'; readonly issues: ReadonlyArray<Issue> }
export type TemplateRefused = { readonly _tag: 'TemplateRefused'; readonly issues: ReadonlyArray<Issue> }
export type ReadModelUnavailable = { readonly _tag: 'ReadModelUnavailable'; readonly reason: string }
/** `Last-Event-ID` names a message that the run does not have. `head` is the id of its last. */
export type CursorBeyondHead = { readonly _tag: 'CursorBeyondHead'; readonly head: string }
/** A fault of ours. */
export type Unexpected = { readonly _tag: 'Unexpected' }
export type TooBusy = { readonly _tag: 'TooBusy' }

export type RequestError =
  | BadRequest
  | Unauthenticated
  | OrganizationForbidden
  | RoleMissing
  | NotFound
  | RouteNotFound
  | MethodNotAllowed
  | NotAcceptable
  | UnsupportedMediaType
  | BodyTooLarge
  | TooManyValues
  | BodyCutOff
  | PreconditionRequired
  | ForeignForm

export type ApiError =
  | RequestError
  | WorkflowNotActive
  | ControlNotPossible
  | RetryNotPossible
  | ConnectionInUse
  | PreflightBlocked
  | WorkflowIncomplete
  | TemplateRefused
  | ReadModelBehind
  | ReadModelUnavailable
  | CursorBeyondHead
  | TooBusy
  | ChecksUnavailable
  | Unexpected
  | HandlerError
  | LoadError
  | ExecutionRefusal
  | WorkflowDefinitionRefusal
  | TemplateRefusal
  | ConnectionRefusal
  | BlobNotFound
  | BlobStoreUnavailable
  | SecretStoreUnavailable
  | IdentityUnavailable

export const badRequest = (...problems: ReadonlyArray<InputProblem>): BadRequest => ({ _tag: 'BadRequest', problems })
export const notFound: NotFound = { _tag: 'NotFound' }
