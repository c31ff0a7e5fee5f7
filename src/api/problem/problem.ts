import { type Issue, renderIssue } from '../../domain/messages/issue'
import { acceptedIn } from '../../domain/execution/next'
import type { Position } from '../../domain/event-store'
import { formatPosition } from '../../domain/position'
import type { Reader } from '../../domain/visibility'
import type { ApiError, InputProblem } from '../error'
import type { ProblemCode } from './texts'

/** An error as the outside sees it, before its texts. `params` may depend on the reader. */
export type Problem = {
  readonly code: ProblemCode
  readonly params: (reader: Reader) => Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly issues?: ReadonlyArray<Issue>
}

const problem = (
  code: ProblemCode,
  params: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Problem => ({ code, params: () => params, headers })

const retryAfter = (seconds: number) => ({ 'Retry-After': String(seconds) })

const place = ({ pointer, parameter, header }: InputProblem): string =>
  parameter !== undefined ? `?${parameter} ` : header !== undefined ? `${header} ` : pointer ? `${pointer} ` : ''

const badRequest = (problems: ReadonlyArray<InputProblem>): Problem =>
  problem('bad_request', {
    count: problems.length,
    first: problems[0] === undefined ? '' : place(problems[0]) + problems[0].problem,
    problems,
  })

const withIssues = (code: ProblemCode, issues: ReadonlyArray<Issue>): Problem => ({
  code,
  issues,
  params: (reader) => {
    const rendered = issues.map(renderIssue(reader))
    return { count: rendered.length, first: rendered[0]?.message_human ?? '', issues: rendered }
  },
})

const megabytes = (bytes: number): string => `${Math.round((bytes / 1_048_576) * 10) / 10} MB`

const behind = (position: Position | undefined): Problem => {
  const reached = position === undefined ? undefined : formatPosition(position)
  const headers = { ...retryAfter(1), ...(reached === undefined ? {} : { 'X-Docg-Position': reached }) }
  return problem('read_model_behind', { reached: reached ?? null }, headers)
}

/** Every error there is, once. */
export const problemOf = (error: ApiError): Problem => {
  switch (error._tag) {
    case 'BadRequest':
      return badRequest(error.problems)
    case 'EventNotEncodable':
      return badRequest([{ pointer: '', problem: `${error.path} ${error.reason}` }])
    case 'BodyCutOff':
      return problem('body_cut_off')
    case 'Unauthenticated':
      return problem(
        error.reason === 'expired' ? 'token_expired' : 'unauthenticated',
        {},
        {
          'WWW-Authenticate': `Bearer realm="docg"${error.reason === 'missing' ? '' : ', error="invalid_token"'}`,
        },
      )
    case 'OrganizationForbidden':
      return problem('organization_forbidden')
    case 'RoleMissing':
      return problem('role_required', { roles: error.allowed.join(', ') })
    case 'NotFound':
    case 'WorkflowNotFound':
    case 'TemplateNotFound':
    case 'ConnectionNotFound':
    case 'ExecutionNotFound':
    case 'StreamDeleted':
      return problem('not_found')
    case 'RouteNotFound':
      return problem('route_not_found')
    case 'MethodNotAllowed':
      return problem('method_not_allowed', { allowed: error.allowed.join(', ') }, { Allow: error.allowed.join(', ') })
    case 'NotAcceptable':
      return problem('not_acceptable')
    case 'UnsupportedMediaType':
      return problem('unsupported_media_type', { expected: error.expected })
    case 'BodyTooLarge':
    case 'EventTooLarge':
      return problem('payload_too_large', { limit: megabytes(error.limit), limit_bytes: error.limit })
    case 'TooManyValues':
      return problem('too_many_values', { limit: error.limit })
    case 'ForeignForm':
      return problem('foreign_form')
    case 'PreconditionRequired':
      return problem('precondition_required')
    case 'RevisionMoved':
      return problem('precondition_failed', { actual: error.actual === 'no_stream' ? null : String(error.actual) })
    case 'WorkflowNotActive':
      return problem('workflow_not_active', { status: error.status })
    case 'WorkflowArchivedAlready':
      return problem('workflow_archived')
    case 'ConnectionArchivedAlready':
      return problem('connection_archived')
    case 'ConnectionInUse':
      return problem('connection_in_use', {
        count: error.count,
        names: error.workflows.map(({ name }) => name).join(', '),
        workflows: error.workflows,
      })
    case 'ControlNotAccepted':
    case 'ExecutionAlreadyEnded':
      return problem('run_state_conflict', { status: error.status, accepted: acceptedIn(error.status) })
    case 'ControlNotPossible':
      return problem('run_state_conflict', { status: error.status, accepted: error.accepted })
    case 'RetryNotPossible':
      return problem('retry_not_possible', { changed: error.changed })
    case 'RepeatDecisionNeeded':
      return problem('repeat_decision_needed', { accepted: [true, false] })
    case 'OutcomeDecisionNeeded':
      return problem('outcome_decision_needed', { accepted: ['resend', 'assume_sent'] })
    case 'RetriedAlready':
      return problem('retried_already', { execution: error.execution })
    case 'StepNotReusable':
      return problem('step_not_reusable', { position: error.position })
    case 'ReviewOver':
      return problem('review_over', { status: error.status })
    case 'ExecutionAlreadyExists':
    case 'WorkflowAlreadyExists':
    case 'TemplateAlreadyExists':
    case 'ConnectionAlreadyExists':
      return problem('already_exists')
    case 'TooManyConflicts':
    case 'WorkflowRevisedMeanwhile':
      return problem('concurrent_changes', {}, retryAfter(1))
    case 'PreflightBlocked':
      return withIssues('preflight.blocked', error.issues)
    case 'WorkflowIncomplete':
      return withIssues('workflow_incomplete', error.issues)
    case 'TemplateRefused':
      return withIssues('template.refused', error.issues)
    case 'CommandIdReused':
      return problem('idempotency_key_reused')
    case 'CursorBeyondHead':
      return problem('cursor_beyond_head', { head: error.head })
    case 'TooBusy':
      return problem('too_busy', {}, retryAfter(2))
    case 'ChecksUnavailable':
      return problem('checks_unavailable', {}, retryAfter(2))
    case 'ReadModelBehind':
      return behind(error.position)
    case 'ReadModelUnavailable':
      return problem('read_side_unavailable', {}, retryAfter(2))
    case 'StoreUnavailable':
    case 'StoreDenied':
      return problem('event_store_unavailable', {}, retryAfter(2))
    case 'BlobStoreUnavailable':
      return problem('file_store_unavailable', {}, retryAfter(2))
    case 'SecretStoreUnavailable':
      return problem('secret_store_unavailable', {}, retryAfter(2))
    case 'IdentityUnavailable':
      return problem('identity_unavailable', {}, retryAfter(2))
    case 'Unexpected':
    case 'BlobNotFound':
    case 'UndecodableEvent':
    case 'StreamTooLong':
    case 'StepNotPlanned':
    case 'StepOutOfTurn':
    case 'RequestHeard':
    case 'PreflightNotDue':
    case 'EffectNotIntended':
    case 'EffectOutcomeLost':
    case 'StepsRemain':
      return problem('internal_error')
  }
}
