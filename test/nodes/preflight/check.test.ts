import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { Connection } from '../../../src/domain/connection'
import type { JsonObject } from '../../../src/domain/json'
import type { TemplateNode } from '../../../src/domain/template'
import { decodeNodes, isBlocking, needsOf, preflight } from '../../../src/nodes/preflight'
import type { UsedTemplate } from '../../../src/nodes/contract'
import { connectionId, connectionOf, templateId } from '../../support/node-run'

const tag = (path: string): TemplateNode => ({ kind: 'tag', path })
const section = (path: string, ...children: ReadonlyArray<TemplateNode>): TemplateNode => ({
  kind: 'section',
  path,
  inverted: false,
  children,
})

const templateWith = (tree: ReadonlyArray<TemplateNode>, warnings: ReadonlyArray<string> = []): UsedTemplate => ({
  newest: 1,
  version: { version: 1, sha256: '0', size: 1, file_name: 'a.docx', tags: [], loops: [], tree, warnings },
})

const smtp = connectionOf('smtp', { host: 'mail.example.com', port: 25, from: 'docs@example.com' })
const files = connectionOf('storage', { url: 'file:./archive' })
const manual = { node_type: 'manual', label: 'Start', config: {} }
const document = (config: JsonObject = {}) => ({
  node_type: 'uploaded-document',
  label: 'Generate',
  config: { template_id: templateId, ...config },
})
const email = (config: JsonObject = {}) => ({
  node_type: 'email',
  label: 'Send',
  config: { connection_id: connectionId, to: ['ana@example.com'], subject_template: 'Contract', ...config },
})
const storage = (config: JsonObject = {}) => ({
  node_type: 'storage',
  label: 'Archive',
  config: { connection_id: connectionId, ...config },
})

type Given = { readonly trigger?: JsonObject; readonly template?: UsedTemplate; readonly connection?: Connection }

const nodesOf = (drawn: ReadonlyArray<unknown>) => {
  const nodes = decodeNodes(drawn)
  if (E.isLeft(nodes)) throw new Error(JSON.stringify(nodes.left))
  return nodes.right
}

const given = ({ trigger = {}, template, connection }: Given = {}) => ({
  when: (...drawn: ReadonlyArray<unknown>) => {
    const found = preflight(nodesOf(drawn), {
      trigger,
      templates: template === undefined ? {} : { [templateId]: template },
      connections: connection === undefined ? {} : { [connectionId]: connection },
      canMail: true,
    })
    const short = found.map(({ code, params }) =>
      [code, params['path'] ?? params['field'] ?? params['fields'] ?? params['tag'] ?? params['email'] ?? '']
        .filter((part) => part !== '')
        .join(' '),
    )
    return {
      found,
      then: (...expected: ReadonlyArray<string>) => expect(short).to.deep.equal(expected),
      thenNothing: () => expect(short).to.deep.equal([]),
    }
  },
})

describe('preflight', () => {
  describe('of a document', () => {
    it('finds nothing when every tag has a value', () => {
      given({
        trigger: { client: { name: 'Ana' }, items: [{ price: 1 }] },
        template: templateWith([tag('client.name'), section('items', tag('price'))]),
      })
        .when(manual, document())
        .thenNothing()
    })

    it('tells every tag without a value: named by nobody, null, or absent from where it is named', () => {
      given({
        trigger: { gone: null, items: [{ price: 1 }, {}], client: {} },
        template: templateWith([tag('name'), tag('gone'), section('items', tag('price')), tag('client.name')]),
      })
        .when(manual, document())
        .then(
          'data.null_value gone',
          'data.unresolved_variable items.1.price',
          'data.unresolved_variable client.name',
          'template.unmapped_tag name',
        )
    })

    it('looks mapped tags up at their source', () => {
      const world = { trigger: { a: { b: 'x' }, name: 'not this' }, template: templateWith([tag('name')]) }
      given(world)
        .when(manual, document({ field_mappings: [{ template_tag: 'name', source_field: 'trigger.a.b' }] }))
        .thenNothing()
      given(world)
        .when(manual, document({ field_mappings: [{ template_tag: 'name', source_field: 'trigger.a.c' }] }))
        .then('data.unresolved_variable trigger.a.c')
    })

    it('warns of a mapping that the template does not use, and does not ask for its value', () => {
      given({ template: templateWith([]) })
        .when(manual, document({ field_mappings: [{ template_tag: 'name', source_field: 'trigger.nobody' }] }))
        .then('template.unused_mapping name')
    })

    it('waits for what other steps will give, not for what steps after it would', () => {
      const world = { template: templateWith([section('rows', tag('x')), tag('kind')]) }
      const mapped = (step: number) => ({
        field_mappings: [
          { template_tag: 'rows', source_field: `step.${step}.rows` },
          { template_tag: 'kind', source_field: 'step.1.source_object_type' },
        ],
      })
      given(world)
        .when(manual, document(mapped(1)))
        .thenNothing()
      given(world)
        .when(manual, document(mapped(2)))
        .then('data.unresolved_variable step.2.rows')
    })

    it('tells text where a list is due, and warns of an empty list', () => {
      given({
        trigger: { items: 'one', none: [] },
        template: templateWith([section('items', tag('price')), section('none', tag('x'))]),
      })
        .when(manual, document())
        .then('data.empty_list none', 'data.list_expected items')
    })

    it('tells a list where text is due', () => {
      given({ trigger: { name: ['a'] }, template: templateWith([tag('name')]) })
        .when(manual, document())
        .then('data.invalid_format name')
    })

    it('tells a template that is not there, a PDF, and warns of a large file', () => {
      given()
        .when(manual, document({ create_pdf: true }))
        .then('template.not_found', 'template.pdf_converter_unavailable')
      const { found } = given({ template: templateWith([], ['template.large_file']) }).when(manual, document())
      expect(found.map(({ severity }) => severity)).to.deep.equal(['warning'])
    })

    it('tells what was taken out of a template when it was uploaded', () => {
      const plain = templateWith([])
      const cleaned = { original_sha256: 'cd'.repeat(32), removed: ['chart_workbook', 'web_extension'] }
      const version = { ...plain.version, cleaned }
      const { found } = given({ template: { ...plain, version } }).when(manual, document())
      expect(found.map(({ code, params, severity }) => [code, params, severity])).to.deep.equal([
        ['template.content_removed', { feature: 'chart_workbook' }, 'warning'],
        ['template.content_removed', { feature: 'web_extension' }, 'warning'],
      ])
    })

    it('tells a missing value in the name of the file', () => {
      given({ template: templateWith([]) })
        .when(manual, document({ output_name_template: '{{trigger.id}} {{trigger.x}} {{step.1.source_object_type}}' }))
        .then('data.unresolved_variable trigger.id', 'data.unresolved_variable trigger.x')
    })
  })

  describe('of an e-mail', () => {
    const connected = { connection: smtp }

    it('finds nothing when it can be sent', () => {
      given({ ...connected, trigger: { email: 'ana@example.com' }, template: templateWith([]) })
        .when(
          manual,
          document(),
          email({ to: ['{{trigger.email}}'], attachments: ['previous', 2], body_template: '{{step.2.file_name}}' }),
        )
        .thenNothing()
    })

    it('tells recipients that are none, in every list', () => {
      given({ ...connected, trigger: { a: 'x\r\nBcc: eve@example.com', b: 'y' } })
        .when(manual, email({ to: ['{{trigger.a}}'], cc: ['{{trigger.b}}'], bcc: ['z'] }))
        .then(
          'delivery.recipient_invalid x Bcc: eve@example.com',
          'delivery.recipient_invalid y',
          'delivery.recipient_invalid z',
        )
    })

    it('tells that nobody would get it', () => {
      given(connected)
        .when(manual, email({ to: [] }))
        .then('delivery.recipient_missing')
      given({ ...connected, trigger: { email: ' ' } })
        .when(manual, email({ to: ['{{trigger.email}}'] }))
        .then('delivery.recipient_missing')
    })

    it('tells missing values in subject, body and recipients', () => {
      given(connected)
        .when(
          manual,
          email({
            to: ['{{trigger.a}}'],
            subject_template: '{{trigger.b}}',
            body_template: '{{trigger.c}}{{trigger.c}}',
          }),
        )
        .then(
          'data.unresolved_variable trigger.a',
          'data.unresolved_variable trigger.b',
          'data.unresolved_variable trigger.c',
        )
    })

    it('leaves what other steps give for the run, not what later steps would', () => {
      given(connected)
        .when(manual, email({ to: ['{{step.1.source_data.email}}'] }))
        .thenNothing()
      given(connected)
        .when(manual, email({ subject_template: '{{step.9.x}}' }))
        .then('data.unresolved_variable step.9')
    })

    it('tells attachments without a document before', () => {
      given({ ...connected, template: templateWith([]) })
        .when(manual, email({ attachments: ['previous', 3] }), document())
        .then('data.unresolved_variable step.previous.document_id', 'data.unresolved_variable step.3.document_id')
    })

    it('tells a connection that is absent, of another type, or not usable', () => {
      for (const connection of [undefined, files, connectionOf('smtp', {})])
        given(connection === undefined ? {} : { connection })
          .when(manual, email())
          .then('permissions.connection_missing')
    })
  })

  describe('of storage', () => {
    it('finds nothing with a document before', () => {
      given({ connection: files, trigger: { id: 7 }, template: templateWith([]) })
        .when(manual, document(), storage({ folder: 'contracts/{{trigger.id}}' }))
        .thenNothing()
    })

    it('tells a folder that climbs, a missing document and a wrong connection', () => {
      given({ connection: smtp, trigger: { id: '../..' } })
        .when(manual, storage({ folder: '{{trigger.id}}' }))
        .then(
          'data.invalid_format folder',
          'data.unresolved_variable step.previous.document_id',
          'permissions.connection_missing',
        )
    })
  })

  it('tells a workflow without nodes', () => {
    expect(preflight([], { trigger: {}, templates: {}, connections: {}, canMail: true })).to.deep.include({
      code: 'data.workflow_without_nodes',
      params: {},
      tech: 'no nodes',
      pointers: ['/nodes'],
      severity: 'blocking',
      domain: 'data',
      node_id: null,
      position: 0,
    })
  })

  it('runs all checks and sorts by domain, position and code', () => {
    const { found } = given({ trigger: {} }).when(
      manual,
      document({ create_pdf: true }),
      email({ to: ['x'], subject_template: '{{trigger.b}}' }),
      storage(),
    )
    expect(found.map(({ domain, position, code }) => [domain, position, code])).to.deep.equal([
      ['data', 3, 'data.unresolved_variable'],
      ['template', 2, 'template.not_found'],
      ['template', 2, 'template.pdf_converter_unavailable'],
      ['permissions', 3, 'permissions.connection_missing'],
      ['permissions', 4, 'permissions.connection_missing'],
      ['delivery', 3, 'delivery.recipient_invalid'],
    ])
    expect(found.every(isBlocking)).to.equal(true)
  })

  it('tells at most 200, and never a warning in the place of what blocks', () => {
    const lists = Array.from({ length: 300 }, (_, i) => `list${i}`)
    const trigger = Object.fromEntries(lists.map((name) => [name, []]))
    const { found } = given({
      trigger,
      template: templateWith([...lists.map((name) => section(name, tag('x'))), tag('missing')]),
    }).when(manual, document())
    expect(found).to.have.length(200)
    expect(found.filter(isBlocking)).to.have.length(1)
  })

  it('knows what has to be loaded, each once', () => {
    expect(needsOf(nodesOf([manual, document(), document(), email(), storage()]))).to.deep.equal({
      templates: [templateId],
      connections: [connectionId],
    })
  })
})
