import { expect } from 'chai'
import { IntlMessageFormat } from 'intl-messageformat'
import type { ApiError } from '../../src/api/error'
import { problemOf } from '../../src/api/problem/problem'
import { renderProblem } from '../../src/api/problem/render'
import { problemTexts } from '../../src/api/problem/texts'
import { renderAction } from '../../src/domain/messages/actions'
import { locales } from '../../src/domain/messages/entry'
import { readerWith } from '../../src/domain/visibility'
import { revision } from '../../src/domain/position'

const issue = {
  code: 'data.unresolved_variable',
  params: { path: 'client.name', label: 'Doc' },
  tech: 'no value',
  node_id: 'n',
}

const examples: ReadonlyArray<ApiError> = [
  {
    _tag: 'BadRequest',
    problems: [
      { pointer: '/name', problem: 'is missing' },
      { parameter: 'x', problem: 'is not known' },
    ],
  },
  { _tag: 'BodyCutOff' },
  { _tag: 'ForeignForm' },
  { _tag: 'Unauthenticated', reason: 'missing' },
  { _tag: 'Unauthenticated', reason: 'expired' },
  { _tag: 'OrganizationForbidden' },
  { _tag: 'RoleMissing', allowed: ['operator', 'admin'] },
  { _tag: 'NotFound' },
  { _tag: 'RouteNotFound' },
  { _tag: 'MethodNotAllowed', allowed: ['GET'] },
  { _tag: 'NotAcceptable' },
  { _tag: 'UnsupportedMediaType', expected: 'application/json' },
  { _tag: 'BodyTooLarge', limit: 1_048_576 },
  { _tag: 'TooManyValues', limit: 20_000 },
  { _tag: 'EventTooLarge', bytes: 2_000_000, limit: 1_048_576 },
  { _tag: 'PreconditionRequired' },
  { _tag: 'RevisionMoved', actual: revision(3n) },
  { _tag: 'WorkflowNotActive', status: 'draft' },
  { _tag: 'WorkflowArchivedAlready' },
  { _tag: 'ControlNotAccepted', status: 'running' },
  { _tag: 'ControlNotPossible', status: 'running', accepted: ['cancel'] },
  { _tag: 'RetryNotPossible', changed: ['workflow_version', 'trigger_data'] },
  { _tag: 'RepeatDecisionNeeded' },
  { _tag: 'OutcomeDecisionNeeded' },
  { _tag: 'RetriedAlready', execution: 'e' as never },
  { _tag: 'StepNotReusable', position: 2 },
  { _tag: 'ReviewOver', status: 'approved' },
  { _tag: 'ForeignForm' },
  { _tag: 'ConnectionAlreadyExists' },
  { _tag: 'ConnectionArchivedAlready' },
  { _tag: 'ConnectionInUse', workflows: [{ id: 'w', name: 'Contracts' }], count: 1 },
  { _tag: 'TooManyConflicts', stream: 'x-1' as never },
  { _tag: 'CursorBeyondHead', head: '3-0' },
  { _tag: 'PreflightBlocked', issues: [issue] },
  { _tag: 'WorkflowIncomplete', issues: [issue] },
  { _tag: 'WorkflowRevisedMeanwhile' },
  { _tag: 'TemplateRefused', issues: [{ ...issue, code: 'template.syntax_error', params: { tag: 'a' } }] },
  { _tag: 'CommandIdReused' },
  { _tag: 'TooBusy' },
  { _tag: 'ChecksUnavailable', reason: 'x' },
  { _tag: 'Unexpected' },
  { _tag: 'ReadModelBehind', position: { commit: 5n, prepare: 5n } },
  { _tag: 'ReadModelUnavailable', reason: 'x' },
  { _tag: 'StoreUnavailable', reason: 'x' },
  { _tag: 'BlobStoreUnavailable', reason: 'x' },
  { _tag: 'SecretStoreUnavailable', reason: 'x' },
  { _tag: 'IdentityUnavailable', reason: 'x' },
]

describe('problems', () => {
  it('have texts in both languages, which are valid patterns', () => {
    for (const [code, { status, ...texts }] of Object.entries(problemTexts))
      for (const locale of locales) {
        expect(status, code).to.be.within(400, 599)
        expect(texts[locale].title, code).to.not.equal('')
        expect(() => new IntlMessageFormat(texts[locale].detail, locale), code).to.not.throw()
      }
  })

  it('are all reached by some error', () => {
    const reached = examples.map((error) => problemOf(error).code)
    expect([...new Set(reached)].sort()).to.deep.equal(Object.keys(problemTexts).sort())
  })

  for (const error of examples)
    for (const locale of locales)
      it(`${problemOf(error).code} (${error._tag}) is told in ${locale}`, () => {
        const body = renderProblem(error, readerWith(['admin'], locale), '/api/v1/x', 'c')
        expect(body).to.include({ instance: '/api/v1/x', correlation_id: 'c', code: problemOf(error).code })
        expect(body.type).to.equal(`urn:docg:problem:${body.code}`)
        expect(body.detail).to.not.match(/[{}]|(?:^|[: ]),/)
        expect(JSON.stringify(body)).to.not.include('"reason"')
      })

  it('name the state and what would be accepted', () => {
    const { params, detail } = renderProblem(
      { _tag: 'ControlNotAccepted', status: 'running' },
      readerWith([], 'en'),
      '/',
      'c',
    )
    expect(params).to.deep.equal({ status: 'running', accepted: ['pause', 'cancel'] })
    expect(detail).to.equal('The run is "running"; now accepted: pause, cancel')
  })

  it('show technical texts only to those who may see them, and advise', () => {
    const rendered = (role: string) =>
      renderProblem({ _tag: 'PreflightBlocked', issues: [issue, issue] }, readerWith([role], 'en'), '/', 'c')
    expect(rendered('auditor').params['issues']).to.deep.include({
      code: 'data.unresolved_variable',
      domain: 'data',
      severity: 'blocking',
      message_human: 'No value for client.name, used in "Doc"',
      message_tech: 'no value',
      node_id: 'n',
    })
    expect(JSON.stringify(rendered('operator'))).to.not.include('no value')
    expect(rendered('operator').recommended_actions).to.deep.equal([
      {
        action: 'map_fields',
        label: 'Map fields',
        description: 'Map the tags of the template to fields of the trigger data',
        target_node_id: 'n',
        params: {
          issue_code: 'data.unresolved_variable',
          issue_codes: ['data.unresolved_variable'],
          path: ['client.name'],
          label: ['Doc'],
        },
      },
    ])
  })

  it('leave an unknown action as it is', () => {
    expect(renderAction(readerWith([], 'en'))({ action: 'fly', target_node_id: null, params: {} })).to.include({
      label: 'fly',
    })
  })

  it('carry the headers that belong to them', () => {
    expect(problemOf({ _tag: 'Unauthenticated', reason: 'unknown' }).headers).to.deep.equal({
      'WWW-Authenticate': 'Bearer realm="docg", error="invalid_token"',
    })
    expect(problemOf({ _tag: 'MethodNotAllowed', allowed: ['GET', 'POST'] }).headers).to.deep.equal({
      Allow: 'GET, POST',
    })
    expect(problemOf({ _tag: 'ReadModelBehind', position: { commit: 5n, prepare: 4n } }).headers).to.deep.equal({
      'Retry-After': '1',
      'X-Docg-Position': '5/4',
    })
  })
})
