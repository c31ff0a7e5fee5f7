import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { connection, connectionStream } from '../../../src/domain/connection'
import { ConnectionId, derivedId, OrganizationId, TemplateId } from '../../../src/domain/ids'
import { template, templateStream } from '../../../src/domain/template'
import { catalogOf } from '../../../src/workflow/execution/catalog'
import { logInMemory, runInMemory } from '../../support/run-in-memory'
import { created, executionId, preflightCompleted, started } from '../../support/runs'
import { sendTo } from '../../support/send'

const namespace = '6ba7b812-9dad-41d1-80b4-00c04fd430c8'
const ours = derivedId(OrganizationId, namespace, 'ours')
const theirs = derivedId(OrganizationId, namespace, 'theirs')
const templateId = derivedId(TemplateId, namespace)
const connectionId = derivedId(ConnectionId, namespace)

const content = (file_name: string) => ({
  sha256: 'ab'.repeat(31) + file_name.charCodeAt(0).toString(16),
  size: 3,
  file_name,
  tags: [],
  loops: [],
  tree: [],
  warnings: [],
})

const stocked = async () => {
  const log = logInMemory()
  const send = sendTo(log, ours)
  const upload = { template_id: templateId, organization_id: ours, name: 'A template', content: content('a.docx') }
  await send(template, templateStream(templateId), { type: 'UploadTemplate', ...upload })
  await send(connection, connectionStream(connectionId), {
    type: 'CreateConnection',
    connection_id: connectionId,
    organization_id: ours,
    name: 'A connection',
    connection_type: 'smtp',
    personal: { config: {} },
  })
  return { log, send }
}

const found = async (organization: OrganizationId, template_id = templateId, connection_id = connectionId) => {
  const { log } = await stocked()
  const catalog = catalogOf(log)(organization)
  const memory = runInMemory()
  await memory.given(created, started)
  return {
    template: await catalog.templateOf(memory.run())(template_id)(),
    connection: await catalog.connection(connection_id)(),
  }
}

const nothing = { template: E.right(undefined), connection: E.right(undefined) }

describe('what a step may use', () => {
  it('is its own organization’s', async () => {
    const own = await found(ours)
    expect(own).to.have.nested.property('template.right.file_name', 'a.docx')
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

  it('is the version of a template that the run’s checks chose, and no other organization’s once it is kept', async () => {
    const { log, send } = await stocked()
    const memory = runInMemory()
    await memory.given(created, started, preflightCompleted([{ template_id: templateId, version: 1 }]))
    await send(template, templateStream(templateId), { type: 'AddTemplateVersion', content: content('b.docx') })
    const catalog = catalogOf(log)
    const named = async (organization: OrganizationId) => {
      const version = await catalog(organization).templateOf(memory.run())(templateId)()
      return E.isRight(version) ? version.right?.file_name : version
    }
    expect(memory.run().executionId).to.equal(executionId)
    for (const organization of [ours, ours, theirs])
      expect(await named(organization)).to.equal(organization === ours ? 'a.docx' : undefined)
  })
})
