import { expect } from 'chai'
import { connection, type ConnectionEvent } from '../../src/domain/connection'
import { fault } from '../../src/domain/fault'
import { ConnectionId, derivedId, OrganizationId } from '../../src/domain/ids'
import { specificationOf } from '../support/specification'

const given = specificationOf(connection)

const namespace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8'
const fields = {
  connection_id: derivedId(ConnectionId, namespace, 'connection'),
  organization_id: derivedId(OrganizationId, namespace, 'organization'),
  name: 'Mail',
  connection_type: 'smtp',
  personal: { config: { host: 'smtp.example.com', port: 587 } },
}
const config = { host: 'mail.example.com', port: 25 }
const now = '2026-11-25T10:00:00.000Z'
const refused = fault('delivery.smtp_auth_failed', {}, '535 no')
const denied = fault('permissions.address_not_allowed', { host: 'a' }, 'private')
const revoked = fault('permissions.token_revoked', { provider: 'HubSpot' }, 'gone')

type Change = Partial<Extract<ConnectionEvent, { readonly type: 'ConnectionUpdated' }>['data']>
const whole = (change: Change = {}) => ({ ...fields, version: 1, trouble: null, ...change })

const created = { type: 'ConnectionCreated', data: fields } as const
const error = { status: 'error', since: now, fault: refused } as const
const inError = { type: 'ConnectionStatusChanged', data: whole({ trouble: error }) } as const
const archived = { type: 'ConnectionArchived', data: whole() } as const

const update = { type: 'UpdateConnection', name: undefined, config: undefined, replacesSecret: false } as const
const report = { type: 'ReportConnection', version: 1, now } as const
const archive = { type: 'ArchiveConnection' } as const

describe('a connection', () => {
  it('is created once', () => {
    given()
      .when({ type: 'CreateConnection', ...fields })
      .then(created)
    given(created)
      .when({ type: 'CreateConnection', ...fields })
      .thenRejected({ _tag: 'ConnectionAlreadyExists' })
    expect(given(created).state()).to.include({ status: 'active', version: 1, trouble: undefined })
  })

  it('that does not exist is not changed, reported or archived', () => {
    for (const command of [update, { ...report, fault: null }, archive])
      given().when(command).thenRejected({ _tag: 'ConnectionNotFound' })
  })

  it('takes another name and stays the same version', () => {
    given(created)
      .when({ ...update, name: 'Post' })
      .then({ type: 'ConnectionUpdated', data: whole({ name: 'Post' }) })
  })

  it('is a new version with another configuration, and with another secret', () => {
    given(created)
      .when({ ...update, config })
      .then({ type: 'ConnectionUpdated', data: whole({ personal: { config }, version: 2 }) })
    given(created)
      .when({ ...update, replacesSecret: true })
      .then({ type: 'ConnectionSecretReplaced', data: whole({ version: 2 }) })
    given(created)
      .when({ ...update, name: 'Post', config, replacesSecret: true })
      .then(
        { type: 'ConnectionUpdated', data: whole({ name: 'Post', personal: { config }, version: 2 }) },
        { type: 'ConnectionSecretReplaced', data: whole({ name: 'Post', personal: { config }, version: 3 }) },
      )
  })

  it('that is given what it has does not change', () => {
    given(created)
      .when({ ...update, name: 'Mail', config: fields.personal.config })
      .thenNothing()
  })

  it('says when it stops working and why, and when it works again, and nothing in between', () => {
    given(created)
      .when({ ...report, fault: null })
      .thenNothing()
    given(created)
      .when({ ...report, fault: refused })
      .then(inError)
    given(created, inError)
      .when({ ...report, fault: { ...refused }, now: '2026-11-26T10:00:00.000Z' })
      .thenNothing()
    given(created, inError)
      .when({ ...report, fault: denied })
      .then({
        type: 'ConnectionStatusChanged',
        data: whole({ trouble: { status: 'error', since: now, fault: denied } }),
      })
    given(created, inError)
      .when({ ...report, fault: null })
      .then({ type: 'ConnectionStatusChanged', data: whole() })
    expect(given(created, inError).state()).to.deep.include({ status: 'error', trouble: error })
  })

  it('whose access was taken back or has run out is expired', () => {
    expect(
      given(created)
        .when({ ...report, fault: revoked })
        .state(),
    ).to.include({ status: 'expired' })
  })

  it('is not in trouble for what an older version met', () => {
    const replaced = { type: 'ConnectionSecretReplaced', data: whole({ version: 2 }) } as const
    given(created, replaced)
      .when({ ...report, fault: refused })
      .thenNothing()
    given(created, replaced)
      .when({ ...report, version: 2, fault: refused })
      .then({ type: 'ConnectionStatusChanged', data: whole({ version: 2, trouble: error }) })
  })

  it('leaves its trouble with a new configuration or secret, and keeps it with a new name', () => {
    given(created, inError)
      .when({ ...update, replacesSecret: true })
      .then({ type: 'ConnectionSecretReplaced', data: whole({ version: 2 }) })
    given(created, inError)
      .when({ ...update, name: 'Post' })
      .then({ type: 'ConnectionUpdated', data: whole({ name: 'Post', trouble: error }) })
  })

  it('is archived once, and then neither changes nor says how it does', () => {
    given(created).when(archive).then(archived)
    given(created, archived).when(archive).thenNothing()
    given(created, archived)
      .when({ ...report, fault: refused })
      .thenNothing()
    given(created, archived)
      .when({ ...update, name: 'Post' })
      .thenRejected({ _tag: 'ConnectionArchivedAlready' })
    expect(given(created, archived).state()).to.include({ status: 'archived' })
  })

  it('is known whole from any event of its later life', () => {
    const story = given(created, inError).when({ ...update, name: 'Post', config, replacesSecret: true })
    expect(story.state()).to.deep.equal(
      connection.evolve(connection.initialState, {
        type: 'ConnectionSecretReplaced',
        data: whole({ name: 'Post', personal: { config }, version: 3 }),
      }),
    )
  })
})
