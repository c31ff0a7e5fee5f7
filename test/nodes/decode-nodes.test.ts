import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { decodeNodes } from '../../src/nodes/preflight'

const id = '11111111-1111-4111-8111-111111111111'
const manual = { node_type: 'manual', label: 'Start', config: {} }
const document = { node_type: 'uploaded-document', label: 'Generate', config: { template_id: id } }
const email = {
  node_type: 'email',
  label: 'Send',
  config: { connection_id: id, to: ['{{trigger.email}}'], subject_template: 'Contract {{step.2.file_name}}' },
}
const storage = { node_type: 'storage', label: 'Archive', config: { connection_id: id, folder: 'a/{{trigger.id}}' } }

const problemsIn = (input: unknown) => {
  const decoded = decodeNodes(input)
  return E.isLeft(decoded) ? decoded.left : []
}
const pointersIn = (input: unknown) => problemsIn(input).map(({ pointer }) => pointer)

describe('nodes as drawn', () => {
  it('are taken in order, with an id of their own where none is given', () => {
    const decoded = decodeNodes([manual, { ...document, id }, email, storage])
    const nodes = E.isRight(decoded) ? decoded.right : []
    expect(nodes.map(({ node_type }) => node_type)).to.deep.equal(['manual', 'uploaded-document', 'email', 'storage'])
    expect(nodes[1]?.node_id).to.equal(id)
    expect(new Set(nodes.map(({ node_id }) => node_id)).size).to.equal(4)
  })

  it('may use the names of earlier systems', () => {
    const decoded = decodeNodes([manual, { ...document, node_type: 'file-upload' }, { ...email, node_type: 'gmail' }])
    expect(E.isRight(decoded) && decoded.right.map(({ node_type }) => node_type)).to.deep.equal([
      'manual',
      'uploaded-document',
      'email',
    ])
  })

  it('may lack what is required, for as long as they are a draft', () => {
    const decoded = decodeNodes([manual, { ...document, config: {} }, { ...email, config: { to: [] } }])
    expect(E.isRight(decoded) && decoded.right.map(({ config }) => config)).to.deep.equal([{}, {}, { to: [] }])
    expect(decodeNodes([])).to.deep.equal(E.right([]))
  })

  const refused: ReadonlyArray<readonly [string, unknown, ReadonlyArray<string>]> = [
    ['no list', { nodes: [] }, ['']],
    ['too many', Array.from({ length: 51 }, () => manual), ['']],
    ['what is not a node', [manual, 'email', null], ['/1', '/2']],
    ['an unknown type', [manual, { ...email, node_type: 'fax' }], ['/1/node_type']],
    ['a prototype’s name as type', [{ ...manual, node_type: 'constructor' }], ['/0/node_type']],
    ['no trigger first', [document, email], ['/0/node_type']],
    ['a second trigger', [manual, manual], ['/1/node_type']],
    ['an unknown field', [{ ...manual, colour: 'red' }], ['/0/colour']],
    [
      'an unknown field of a configuration',
      [manual, { ...document, config: { ...document.config, pdf: true } }],
      ['/1/config/pdf'],
    ],
    ['a place that is another', [{ ...manual, position: 2 }], ['/0/position']],
    ['an id that is not one', [{ ...manual, id: 'x' }], ['/0/id']],
    [
      'an id used twice',
      [
        { ...manual, id },
        { ...document, id },
      ],
      ['/1/id'],
    ],
    [
      'every fault at once',
      [
        manual,
        { ...document, config: { template_id: 'x' } },
        { ...email, config: { connection_id: 'x', to: 'ana', body_type: 'rtf' } },
      ],
      ['/1/config/template_id', '/2/config/connection_id', '/2/config/to', '/2/config/body_type'],
    ],
    [
      'too many recipients',
      [manual, { ...email, config: { ...email.config, to: Array(51).fill('a@example.com') } }],
      ['/1/config/to'],
    ],
    [
      'a reference to elsewhere',
      [manual, { ...storage, config: { ...storage.config, folder: '{{secrets.x}}' } }],
      ['/1/config/folder'],
    ],
    [
      'a line break in a subject',
      [manual, { ...email, config: { ...email.config, subject_template: 'a\r\nBcc: b' } }],
      ['/1/config/subject_template'],
    ],
    [
      'a tag and a source that are no paths',
      [
        manual,
        {
          ...document,
          config: { ...document.config, field_mappings: [{ template_tag: '__proto__', source_field: 'client' }] },
        },
      ],
      ['/1/config/field_mappings/0/template_tag', '/1/config/field_mappings/0/source_field'],
    ],
    ['a number where text is due', [{ ...manual, label: 7 }], ['/0/label']],
    [
      'NUL and half characters',
      [
        { ...manual, label: 'a\0' },
        { ...document, label: '\ud800' },
      ],
      ['/0/label', '/1/label'],
    ],
    [
      'a mapping by a webhook that is none',
      [{ ...manual, node_type: 'webhook', config: { field_mapping: { a: '..' } } }],
      ['/0/config/field_mapping/a'],
    ],
    [
      'an own __proto__ key',
      [JSON.parse('{"node_type":"manual","label":"a","config":{"__proto__":{}}}')],
      ['/0/config/__proto__'],
    ],
  ]
  for (const [what, input, pointers] of refused)
    it(`refuse ${what}`, () => expect(pointersIn(input)).to.deep.equal(pointers))

  describe('with many tags in their texts', () => {
    const tag = (characters: number) => `{{trigger.a${' '.repeat(characters - 13)}}}`
    const mail = (body_template: string, more: object = {}) => ({
      ...email,
      config: { connection_id: id, to: ['ana@example.com'], subject_template: 'Contract', body_template, ...more },
    })
    const over = (pointer: string) => ({ pointer, problem: 'brings the workflow over 30000 characters in tags' })

    it('are taken up to 30,000 characters in tags, however they are spread', () => {
      const most = [manual, mail(`${tag(5_000)} and ${tag(5_000)}`), mail(tag(10_000)), mail(tag(9_987))]
      expect(problemsIn([...most, mail(tag(13))])).to.deep.equal([])
      expect(problemsIn([...most, mail(tag(14))])).to.deep.equal([over('/4/config/body_template')])
      expect(problemsIn([...most, mail('', { cc: [tag(13), tag(13)] })])).to.deep.equal([over('/4/config/cc/1')])
    })

    it('are refused at the text that is too much, and not read further', () => {
      const many = Array.from({ length: 46 }, () => mail(tag(10_000), { colour: 'red' }))
      expect(problemsIn([manual, mail('', { colour: 'red' }), ...many])).to.deep.equal([
        { pointer: '/1/config/colour', problem: 'is not a known field' },
        ...[2, 3, 4].map((at) => ({ pointer: `/${at}/config/colour`, problem: 'is not a known field' })),
        over('/5/config/body_template'),
      ])
    })

    it('may have as much text between them as fits', () => {
      const long = `${'text '.repeat(19_900)}{{trigger.a}}`
      expect(problemsIn([manual, ...Array.from({ length: 10 }, () => mail(long))])).to.deep.equal([])
    })
  })

  it('do not quote what was given', () => {
    const secret = { ...email, config: { ...email.config, body_type: 'hunter2', to: ['hunter2\n'] } }
    expect(JSON.stringify(problemsIn([manual, secret]))).to.not.include('hunter2')
  })
})
