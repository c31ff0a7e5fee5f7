import { expect } from 'chai'
import PizZip from 'pizzip'
import { type Data } from '../../../../src/nodes/uploaded-document/docx'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { docxMargins, docxText, templateDocx, templateDocxOf } from '../../../support/docx'
import { faultOf, valueOf } from './results'
import { edited } from './tampering'
import { malformedParts } from './well-formed'

const filled = async (data: Data, ...lines: ReadonlyArray<string | ReadonlyArray<string>>) => {
  const { bytes } = valueOf(render(await templateDocx(...lines), data))
  expect(malformedParts(bytes)).to.deep.equal([])
  return docxText(bytes)
}

const refused = async (data: Data, ...lines: ReadonlyArray<string>) =>
  faultOf(render(await templateDocx(...lines), data))

const findingsOf = async (data: Data, ...lines: ReadonlyArray<string>) =>
  (await refused(data, ...lines)).findings.map(({ code, params }) => [code, ...Object.values(params)])

describe('filling a template', () => {
  it('puts values in their places, also in header, footer and table, and keeps pictures', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')
    const docx = await templateDocxOf({
      lines: ['Contrato de {{cliente.razão_social}}', ['{{sp', 'lit', '}}']],
      rows: [
        ['Item', 'Price'],
        ['{{#items}}{{name}}', '{{price}}{{/items}}'],
      ],
      header: '{{company}}',
      footer: 'v{{version}}',
      png,
    })
    const data = {
      cliente: { razão_social: 'Ação & Cia 株式会社 🚀' },
      split: 'joined',
      items: [
        { name: 'Pen', price: 1.5 },
        { name: 'Ink', price: 2 },
      ],
      company: 'ACME',
      version: 3,
    }
    const { bytes, size, sha256 } = valueOf(render(docx, data))
    expect(docxText(bytes).trim().split('\n')).to.deep.equal([
      'Contrato de Ação & Cia 株式会社 🚀',
      'joined',
      'Item',
      'Price',
      'Pen',
      '1.5',
      'Ink',
      '2',
    ])
    expect(docxMargins(bytes)).to.include('ACME').and.include('v3')
    expect(malformedParts(bytes)).to.deep.equal([])
    const picture = new PizZip(bytes).file(/^word\/media\//)[0]
    expect(Buffer.from(picture!.asUint8Array()).equals(png)).to.equal(true)
    expect(size).to.equal(bytes.length)
    expect(sha256).to.match(/^[0-9a-f]{64}$/)
  })

  it('repeats a paragraph per item, and an item that is plain text is "."', async () => {
    expect(await filled({ names: ['Ana', 'Bea'] }, '{{#names}}', '- {{.}}', '{{/names}}')).to.equal('- Ana\n- Bea')
  })

  it('looks a name up in the item first, then outside', async () => {
    const data = { currency: 'BRL', items: [{ price: 1 }, { price: 2, currency: 'USD' }] }
    expect(await filled(data, '{{#items}}{{price}} {{currency}};{{/items}}')).to.equal('1 BRL;2 USD;')
  })

  it('shows a section for a true value, its inversion for an absent, false or empty one', async () => {
    const lines = ['{{#paid}}paid{{/paid}}{{^paid}}open{{/paid}}{{^notes}}no notes{{/notes}}'] as const
    expect(await filled({ paid: true }, ...lines)).to.equal('paidno notes')
    expect(await filled({ paid: false, notes: [] }, ...lines)).to.equal('openno notes')
  })

  it('enters an object', async () => {
    expect(await filled({ client: { name: 'Ana' } }, '{{#client}}{{name}}{{/client}}')).to.equal('Ana')
  })

  it('prints numbers and booleans as JSON does', async () => {
    const data = { a: 0, b: -0, c: 1e21, d: 0.1, e: false, f: '' }
    expect(await filled(data, '{{a}} {{b}} {{c}} {{d}} {{e}} {{f}}.')).to.equal('0 0 1e+21 0.1 false .')
  })

  it('makes line breaks of line feeds', async () => {
    const docx = await templateDocx('{{address}}')
    const { bytes } = valueOf(render(docx, { address: 'Rua A\r\nCentro\rSP\nBR' }))
    expect(docxText(bytes)).to.equal('Rua A\nCentro\nSP\nBR')
    expect(
      new PizZip(bytes)
        .file('word/document.xml')!
        .asText()
        .match(/<w:br\/>/g),
    ).to.have.length(3)
  })

  it('makes spaces of line feeds where the text of a shape cannot hold a break', async () => {
    const docx = await edited(
      'word/document.xml',
      (xml) => xml.replace('<w:body>', '<w:body><w:p><w:r><a:t>{{shape}}</a:t></w:r></w:p>'),
      await templateDocx('x'),
    )
    const { bytes } = valueOf(render(docx, { shape: 'one\ntwo' }))
    expect(malformedParts(bytes)).to.deep.equal([])
    expect(new PizZip(bytes).file('word/document.xml')!.asText()).to.include('<a:t>one two</a:t>')
  })
})

describe('the cautions about docxtemplater', () => {
  it('(a) a raw XML tag is refused', async () => {
    expect(await refused({ x: '<w:p/>' }, '{{@x}}')).to.deep.include({
      code: 'template.unsafe_content',
      params: { feature: '{{@x}}' },
    })
  })

  it('(a) a missing value is an error with its path, all of them at once, never "undefined" or nothing', async () => {
    const data = { client: {}, items: [{ name: 'Pen' }, {}] }
    expect(
      await findingsOf(data, '{{client.name}} {{total}}', '{{#items}}{{name}}{{/items}}', '{{#rows}}{{/rows}}'),
    ).to.deep.equal([
      ['data.unresolved_variable', 'client.name'],
      ['data.unresolved_variable', 'total'],
      ['data.unresolved_variable', 'items.1.name'],
      ['data.unresolved_variable', 'rows'],
    ])
  })

  it('(a) null prints nothing, with a warning', async () => {
    const { bytes, warnings } = valueOf(render(await templateDocx('[{{note}}]'), { note: null }))
    expect(docxText(bytes)).to.equal('[]')
    expect(warnings).to.deep.equal([{ code: 'data.null_value', params: { path: 'note' } }])
  })

  it('(b) control characters in data are left out', async () => {
    expect(await filled({ a: 'x\u0000\u0008\u000c\u001b\uffffy\ud800z' }, '{{a}}')).to.equal('xy\ufffdz')
    expect(await filled({ a: '\ud800\u0000\udc00' }, '{{a}}')).to.equal('\ufffd\ufffd')
  })

  it('(c) paths walk own properties only', async () => {
    for (const path of ['constructor', 'toString', 'a.constructor', 'list.length', 'a.b.length', 'hasOwnProperty.call'])
      expect(await refused({ a: { b: 'text' }, list: [1] }, `{{${path}}}`)).to.deep.include({
        code: 'data.unresolved_variable',
        params: { path },
      })
  })

  it('(c) a field that is really called constructor is just a field', async () => {
    expect(await filled({ constructor: 'Builders Ltd' }, '{{constructor}}')).to.equal('Builders Ltd')
  })

  it('(c) a dotted path is resolved in the scope that has its first name, not mixed', async () => {
    const data = { party: { name: 'Outer' }, rows: [{ party: {} }] }
    expect(await findingsOf(data, '{{#rows}}{{party.name}}{{/rows}}')).to.deep.equal([
      ['data.unresolved_variable', 'rows.0.party.name'],
    ])
  })

  it('(c) an item of a list can be named by its number', async () => {
    expect(await filled({ items: [{ n: 'first' }] }, '{{items.0.n}}')).to.equal('first')
  })

  it('(d) nested loops that multiply beyond 100,000 items are refused before any rendering', async () => {
    const list = Array.from({ length: 60 }, () => 1)
    const before = performance.now()
    expect(await refused({ a: list, b: list, c: list }, '{{#a}}{{#b}}{{#c}}x{{/c}}{{/b}}{{/a}}')).to.deep.include({
      code: 'data.payload_too_large',
      params: { limit: '100000' },
    })
    expect(performance.now() - before).to.be.lessThan(20_000)
  })

  it('(d) and so is a document that would grow beyond its limit', async () => {
    const data = { big: 'x'.repeat(1_000_000), list: Array.from({ length: 60 }, () => 1) }
    expect(await refused(data, '{{#list}}{{big}}{{/list}}')).to.deep.include({
      code: 'data.payload_too_large',
      params: { limit: '50 MB' },
    })
  })

  it('(e) an odd name is refused', async () => {
    expect((await refused({ 'a b': 1 }, '{{a b}}')).params['id']).to.equal('invalid_tag_name')
  })

  it('(g) prints nothing, whatever is wrong', async () => {
    const seen: Array<unknown> = []
    const kept = { ...console }
    const note = (...all: ReadonlyArray<unknown>) => void seen.push(all)
    Object.assign(console, { log: note, warn: note, error: note, info: note })
    try {
      await refused({}, '{{#a}}secret{{')
      await refused({}, '{{secret}}')
    } finally {
      Object.assign(console, kept)
    }
    expect(seen).to.deep.equal([])
  })
})

describe('data is never interpreted', () => {
  const hostile = [
    '<w:p><w:r><w:t>x</w:t></w:r></w:p>',
    '</w:t></w:r></w:p>',
    '&amp; &#65;',
    '{{other}}',
    ']]>',
    '{{@raw}}',
    '<!-- -->',
  ]
  hostile.forEach((text) =>
    it(`${text} stays text`, async () => {
      expect(await filled({ a: text, other: 'no' }, '{{a}}')).to.equal(text)
    }),
  )

  it('a value shaped like an instruction is no text', async () => {
    expect(await findingsOf({ a: { _type: 'rawXml', xml: '<w:p/>' } }, '{{a}}')).to.deep.equal([
      ['data.invalid_format', 'a', 'text'],
    ])
  })

  it('a list is no text', async () => {
    expect(await findingsOf({ a: [1, 2] }, '{{a}}')).to.deep.equal([['data.invalid_format', 'a', 'text']])
  })

  it('a text is no list when the loop needs fields of its items', async () => {
    expect(await findingsOf({ items: 'pens' }, '{{#items}}{{name}}{{/items}}')).to.deep.equal([
      ['data.list_expected', 'items'],
    ])
  })

  it('an empty list leaves its rows out, with a warning', async () => {
    const docx = await templateDocxOf({ rows: [['Item'], ['{{#items}}{{name}}{{/items}}']] })
    const { bytes, warnings } = valueOf(render(docx, { items: [] }))
    expect(docxText(bytes).trim()).to.equal('Item')
    expect(warnings).to.deep.equal([{ code: 'data.empty_list', params: { field: 'items' } }])
  })
})
