import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { type OrganizationId, type TemplateId } from '../../src/domain/ids'
import { template, type TemplateCommand, type TemplateState } from '../../src/domain/template'
import { right } from '../support/send'

const template_id = '55981805-57e9-506a-9fd4-ae4b20d2ad91' as TemplateId
const organization_id = '993d9778-b44e-5ed8-b68c-351de270a8e0' as OrganizationId
const plain = { sha256: 'ab', size: 1, file_name: 'a.docx', tags: [], loops: [], tree: [], warnings: [] }
const cleaned = { original_sha256: 'cd', removed: ['attached_template'] }

const decided = (command: TemplateCommand, state: TemplateState = template.initialState) =>
  right(template.decide(command)(state))

const upload = (content: typeof plain & { readonly cleaned?: typeof cleaned }): TemplateCommand => ({
  type: 'UploadTemplate',
  template_id,
  organization_id,
  name: 'A',
  content,
})

describe('a template', () => {
  it('keeps in its event what was taken out of the upload, and of which file', () => {
    const [event] = decided(upload({ ...plain, cleaned }))
    const { type, data, version } = template.codec.encode(event!)
    expect([type, version]).to.deep.equal(['TemplateUploaded', 1])
    const read = template.codec.decode({
      type,
      data: JSON.parse(JSON.stringify(data)),
      metadata: { schema_version: 1 },
    })
    expect(read).to.deep.equal(E.right(event))
    expect(read).to.have.nested.property('right.data.content.cleaned').that.deep.equals(cleaned)
  })

  it('says nothing of it when the file was stored as it came', () => {
    expect(decided(upload(plain))[0]!.data.content).to.not.have.property('cleaned')
  })

  it('has no new version of the same original, which is cleaned to the same file', () => {
    const state = decided(upload({ ...plain, cleaned })).reduce(template.evolve, template.initialState)
    expect(decided({ type: 'AddTemplateVersion', content: { ...plain, cleaned } }, state)).to.deep.equal([])
  })

  it('refuses a record of a cleaning that does not say of which file', () => {
    const [event] = decided(upload(plain))
    const { type, data } = template.codec.encode(event!)
    const torn = { ...(data as object), content: { ...plain, version: 1, cleaned: { removed: [] } } }
    expect(E.isLeft(template.codec.decode({ type, data: torn, metadata: null }))).to.equal(true)
  })
})
