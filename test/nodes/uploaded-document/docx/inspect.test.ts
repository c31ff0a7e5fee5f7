import { expect } from 'chai'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { templateDocx, templateDocxOf } from '../../../support/docx'
import { zipOf, filesOf } from './tampering'
import { faultOf, valueOf } from './results'

const errorsOf = async (...lines: ReadonlyArray<string>) => valueOf(inspect(await templateDocx(...lines))).errors

const idsOf = async (...lines: ReadonlyArray<string>) =>
  (await errorsOf(...lines)).map(({ code, params }) => (code === 'template.syntax_error' ? params['id'] : code))

describe('what an upload finds in a template', () => {
  it('lists tags with the loops around them, in body, table, header and footer', async () => {
    const docx = await templateDocxOf({
      lines: ['Dear {{client.name}}', '{{^discount}}no discount{{/discount}}'],
      rows: [['{{#items}}{{name}}', '{{price}}{{/items}}']],
      header: '{{company}}',
      footer: '{{page_note}}',
    })
    const { tags, loops, errors, warnings } = valueOf(inspect(docx))
    expect(tags).to.have.deep.members([
      { path: 'client.name', loops: [] },
      { path: 'name', loops: ['items'] },
      { path: 'price', loops: ['items'] },
      { path: 'company', loops: [] },
      { path: 'page_note', loops: [] },
    ])
    expect(loops).to.deep.equal([
      { path: 'discount', inverted: true, loops: [] },
      { path: 'items', inverted: false, loops: [] },
    ])
    expect([errors, warnings]).to.deep.equal([[], []])
  })

  it('names a tag once per scope, however often it is used', async () => {
    const { tags, tree } = valueOf(inspect(await templateDocx('{{a}} {{a}}', '{{#l}}{{a}}{{/l}}', '{{#l}}{{b}}{{/l}}')))
    expect(tags).to.deep.equal([
      { path: 'a', loops: [] },
      { path: 'a', loops: ['l'] },
      { path: 'b', loops: ['l'] },
    ])
    expect(tree).to.have.length(2)
  })

  it('reads a tag that the word processor split into several runs', async () => {
    const { tags } = valueOf(inspect(await templateDocx(['{', '{cli', 'ent.na', 'me}', '}'])))
    expect(tags).to.deep.equal([{ path: 'client.name', loops: [] }])
  })

  it('takes accents, digits, "_", "-" and spaces around the name', async () => {
    const { tags } = valueOf(inspect(await templateDocx('{{ endereço.nº_1 }} {{data-de-início}} {{名前}}')))
    expect(tags.map(({ path }) => path)).to.deep.equal(['endereço.nº_1', 'data-de-início', '名前'])
  })

  it('gives size and hash of the file', async () => {
    const docx = await templateDocx('x')
    const { size, sha256 } = valueOf(inspect(docx))
    expect(size).to.equal(docx.length)
    expect(sha256).to.match(/^[0-9a-f]{64}$/)
  })

  it('is plain JSON', async () => {
    const inspection = valueOf(inspect(await templateDocx('{{#a}}{{b}}{{/a}}')))
    expect(JSON.parse(JSON.stringify(inspection))).to.deep.equal(inspection)
  })

  it('warns of a file over 10 MB and still takes it', async () => {
    const noise = Buffer.alloc(10 * 1024 * 1024 + 1)
    for (let n = 0, seed = 1; n < noise.length; n += 4) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      noise.writeUInt32LE(seed, Math.min(n, noise.length - 4))
    }
    const docx = zipOf([...filesOf(await templateDocx('{{a}}')), { name: 'word/media/photo.png', bytes: noise }])
    expect(valueOf(inspect(docx)).warnings.map(({ code }) => code)).to.deep.equal(['template.large_file'])
  })
})

describe('broken markup is reported', () => {
  it('all of it at once, with the tag, a stable id and an explanation', async () => {
    const errors = await errorsOf('{{a b}} and {{}}', '{{#open}}', '{{never closed')
    expect(errors.map(({ params }) => params['id'])).to.include.members([
      'invalid_tag_name',
      'empty_tag',
      'unclosed_loop',
      'unclosed_tag',
    ])
    errors.forEach(({ code, params }) => {
      expect(code).to.equal('template.syntax_error')
      expect(params).to.have.all.keys('tag', 'id', 'explanation')
    })
    expect(errors.find(({ params }) => params['id'] === 'invalid_tag_name')?.params['tag']).to.equal('{{a b}}')
  })

  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
    ['an unopened loop', ['{{/a}}'], ['unopened_loop']],
    ['loops that cross', ['{{#a}}{{#b}}{{/a}}{{/b}}'], ['closing_tag_does_not_match_opening_tag']],
    ['a tag without end', ['{{a'], ['unclosed_tag']],
    ['an end without tag', ['a}}'], ['unopened_tag']],
    ['an empty tag', ['{{}}'], ['empty_tag']],
    ['a name with a space', ['{{a b}}'], ['invalid_tag_name']],
    ['an expression', ['{{a.constructor("x")()}}'], ['invalid_tag_name']],
    ['an empty step of a path', ['{{a..b}}'], ['invalid_tag_name']],
    ['__proto__ in a path', ['{{a.__proto__.b}}'], ['invalid_tag_name']],
    ['a change of delimiters', ['{{=<% %>=}}'], ['invalid_tag_name']],
    ['a prefix of another engine', ['{{-w:p list}}{{/list}}'], ['unsupported_tag']],
    ['a loop inside itself', ['{{#a}}{{#a}}x{{/a}}{{/a}}'], ['loop_inside_itself']],
    ['a loop inside itself by way of another', ['{{#a}}{{#b}}{{#a}}x{{/a}}{{/b}}{{/a}}'], ['loop_inside_itself']],
    ['loops four deep', ['{{#a}}{{#b}}{{#c}}{{#d}}x{{/d}}{{/c}}{{/b}}{{/a}}'], ['loops_too_deep']],
    ['a raw XML tag', ['{{@xml}}'], ['template.unsafe_content']],
    ['a raw XML tag in the middle of text', ['before {{@xml}} after'], ['template.unsafe_content']],
  ]
  cases.forEach(([what, lines, ids]) =>
    it(what, async () => {
      expect(await idsOf(...lines)).to.deep.equal(ids)
    }),
  )

  it('and a template with more different tags than anyone fills in is refused', async () => {
    const docx = await templateDocx(Array.from({ length: 2001 }, (_, n) => `{{t${n}}}`).join(' '))
    expect(faultOf(inspect(docx))).to.include({ code: 'template.too_large' })
  })

  it('a loop named __proto__ pollutes nothing', async () => {
    expect(await idsOf('{{#__proto__}}{{polluted}}{{/__proto__}}')).to.include('invalid_tag_name')
    expect('polluted' in {}).to.equal(false)
  })
})
