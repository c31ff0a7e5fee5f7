import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { connection, connectionStream } from '../../../src/domain/connection/connection'
import type { EventStore, Recorded, StreamName } from '../../../src/domain/event-store'
import { ConnectionId, derivedId, EventId, OrganizationId, TemplateId } from '../../../src/domain/ids'
import { revision } from '../../../src/domain/position'
import { template, templateStream } from '../../../src/domain/template/template'
import { catalogueOf } from '../../../src/workflow/execution/services'

const namespace = '6ba7b812-9dad-41d1-80b4-00c04fd430c8'
const ours = derivedId(OrganizationId, namespace, 'ours')
const theirs = derivedId(OrganizationId, namespace, 'theirs')
const templateId = derivedId(TemplateId, namespace)
const connectionId = derivedId(ConnectionId, namespace)

const content = {
  version: 1,
  sha256: 'ab'.repeat(32),
  size: 3,
  file_name: 'a.docx',
  tags: [],
  loops: [],
  tree: [],
  warnings: [],
}

const written: Readonly<Record<StreamName, Pick<Recorded, 'type' | 'data'>>> = {
  [templateStream(templateId)]: template.codec.encode({
    type: 'TemplateUploaded',
    data: { template_id: templateId, organization_id: ours, name: 'A template', content },
  }),
  [connectionStream(connectionId)]: connection.codec.encode({
    type: 'ConnectionCreated',
    data: {
      connection_id: connectionId,
      organization_id: ours,
      name: 'A connection',
      connection_type: 'smtp',
      personal: { config: {} },
    },
  }),
}

/** A log of these two streams. */
const log: Pick<EventStore, 'append' | 'readStream'> = {
  append: () => TE.left({ _tag: 'StoreDenied', reason: 'for reading only' }),
  readStream: (stream) => {
    const event = written[stream]
    const id = derivedId(EventId, namespace, stream)
    const at = { revision: revision(0n), position: { commit: 1n, prepare: 1n }, created: new Date(0) }
    return TE.right(event === undefined ? [] : [{ ...event, ...at, id, stream, metadata: {} }])
  },
}

const found = async (organization: OrganizationId, template_id = templateId, connection_id = connectionId) => {
  const catalogue = catalogueOf(log, organization)
  return {
    template: await catalogue.template(template_id)(),
    connection: await catalogue.connection(connection_id)(),
  }
}

const nothing = { template: E.right(undefined), connection: E.right(undefined) }

describe('what a step may use', () => {
  it('is its own organization’s', async () => {
    const own = await found(ours)
    expect(own).to.have.nested.property('template.right.templateId', templateId)
    expect(own).to.have.nested.property('connection.right.connectionId', connectionId)
  })

  it('is nothing of another organization’s', async () => {
    expect(await found(theirs)).to.deep.equal(nothing)
  })

  it('is nothing that does not exist', async () => {
    const template_id = derivedId(TemplateId, namespace, 'no template')
    const connection_id = derivedId(ConnectionId, namespace, 'no connection')
    expect(await found(ours, template_id, connection_id)).to.deep.equal(nothing)
  })
})
