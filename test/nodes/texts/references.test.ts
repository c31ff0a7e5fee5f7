import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as fc from 'fast-check'
import { problemsOf } from '../../../src/domain/decode-problems'
import { exactObject, listOf } from '../../../src/domain/exact'
import type { JsonObject } from '../../../src/domain/json'
import { fillIn, timeOf } from '../../../src/nodes/texts/fill-in'
import { decodeStored, sourceField, templateText, variablesOf } from '../../../src/nodes/texts/references'
import type { References } from '../../../src/nodes/steps/step-run'

const references = {
  trigger: JSON.parse(
    '{"client":{"name":"Ana","note":null},"items":[{"name":"x"},{"name":"y"}],"n":3,"html":"<b>&\\"","__proto__":{"polluted":"yes"}}',
  ) as JsonObject,
  step: { '2': { file_name: 'contract.docx', x: 'hi' } },
}

const filled = (into: 'text' | 'html', references: References, ms = 1_000) =>
  fillIn(into)({ references, msLeft: timeOf(ms) })
const text = (template: string) => filled('text', references)(template)
const html = (template: string) => filled('html', references)(template)
const problem = (template: unknown) => {
  const read = templateText(1_000).decode(template)
  return E.isLeft(read) ? problemsOf(read.left)[0]?.problem : undefined
}

describe('references', () => {
  const examples: ReadonlyArray<readonly [string, string]> = [
    ['plain', 'plain'],
    ['{{trigger.client.name}}', 'Ana'],
    ['{{ step.2.x }}', 'hi'],
    ['{{step.2.file_name}}', 'contract.docx'],
    ['{{trigger.items[1].name}}', 'y'],
    ['{{trigger.items.0.name}}', 'x'],
    ['{{trigger.n | times: 2}}', '6'],
    ['{% for item in trigger.items %}{{item.name}},{% endfor %}', 'x,y,'],
    ['{{trigger.nobody | default: "none"}}', 'none'],
    ['{{trigger.client.note | default: "none"}}', 'none'],
    ['{% if trigger.nobody %}a{% else %}b{% endif %}', 'b'],
    ['{{trigger.html}}', '<b>&"'],
  ]
  for (const [template, result] of examples)
    it(`${template} is ${result}`, () => expect(text(template)).to.deep.equal(E.right(result)))

  it('blames no value that it could do without', () => {
    const optional = '{{ trigger.absent | default: "none" }}'
    const listed = filled('text', { trigger: { list: [1] }, step: {} })(`{{ trigger.list }} ${optional}`)
    expect(E.isLeft(listed) && listed.left.map(({ _tag }) => _tag)).to.deep.equal(['UnusableValue'])
    const looped = filled('text', { trigger: {}, step: { 3: { saved: 'x' } } })(
      `{% for d in step.3.saved %}{{ d.sha256 }}{% endfor %} ${optional}`,
    )
    expect(E.isLeft(looped) && looped.left.map(({ _tag }) => _tag)).to.deep.equal(['UnusableValue'])
  })

  it('escapes values, not the text around them, for HTML', () => {
    expect(html('<p>{{trigger.html}}</p>')).to.deep.equal(E.right('<p>&lt;b&gt;&amp;&quot;</p>'))
  })

  const missing: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ['{{trigger.nobody}} {{trigger.client.age}} {{step.7.x}}', ['trigger.nobody', 'trigger.client.age', 'step.7.x']],
    ['{{trigger.client.note}}', ['trigger.client.note']],
  ]
  for (const [template, paths] of missing)
    it(`${template} tells every value that is not there`, () => {
      expect(text(template)).to.deep.equal(E.left(paths.map((path) => ({ _tag: 'MissingValue', path }))))
    })

  it('does not print lists and objects', () => {
    for (const template of ['{{trigger.client}}', '{{trigger.items}}', '{{trigger}}'])
      expect(text(template)).to.nested.include({ 'left[0]._tag': 'UnusableValue' })
  })

  it('refuses templates that are not ours to fill', () => {
    const refused = [
      '{{trigger.a',
      '{{secrets.key}}',
      '{{a b}}',
      '{{step.x.y}}',
      '{% include "x" %}',
      '{% render "x" %}',
      '{% layout "x" %}',
      '{{trigger.html | raw}}',
      '{{trigger.items | sample}}',
      '{% echo trigger.html %}',
      '{% cycle trigger.html, "b" %}',
      '{{trigger.items | where_exp: "x", "true"}}',
    ]
    for (const template of refused) expect(problem(template), template).to.be.a('string')
    expect(problem('{{trigger.a}} {{step.2.x}}')).to.equal(undefined)
  })

  it('takes a stored template for one that was read before, and still measures it', () => {
    const field = exactObject('Config', { texts: listOf(templateText(10), 5) }, {})
    expect(E.isRight(decodeStored(field, { texts: ['{{a b}}'] }))).to.equal(true)
    expect(E.isRight(field.decode({ texts: ['{{a b}}'] }))).to.equal(false)
    const long = decodeStored(field, { texts: ['a', 'x'.repeat(11)] })
    expect(E.isLeft(long) && problemsOf(long.left).map(({ pointer }) => pointer)).to.deep.equal(['/texts/1'])
  })

  it('gives all texts of a node one time: when it is over, none is filled in', () => {
    const given = { references, msLeft: timeOf(0) }
    expect(fillIn('text')(given)('plain')).to.deep.equal(E.left([{ _tag: 'OutOfTime' }]))
    const ending = fillIn('text')({ references, msLeft: timeOf(20) })(
      '{% for i in (1..9999) %}{% for j in (1..9999) %}a{% endfor %}{% endfor %}',
    )
    expect(ending).to.deep.equal(E.left([{ _tag: 'OutOfTime' }]))
  })

  it('refuses control characters, half characters and too much', () => {
    for (const template of ['a\nb', 'a\0b', '\ud800', 'x'.repeat(1_001), '', 7])
      expect(problem(template)).to.be.a('string')
  })

  it('reads no clock', () => {
    for (const word of ['now', 'today']) expect(E.isLeft(text(`{{ "${word}" | date: "%Y" }}`))).to.equal(true)
    expect(text('{{ "2026-11-22T12:00:00Z" | date: "%Y-%m-%d" }}')).to.deep.equal(E.right('2026-11-22'))
  })

  it('stops what would not end', () => {
    const started = Date.now()
    for (const template of [
      '{% for i in (1..100000000) %}a{% endfor %}',
      '{% for i in (1..9999) %}{% for j in (1..9999) %}{{i}}{% endfor %}{% endfor %}',
    ])
      expect(E.isLeft(text(template))).to.equal(true)
    expect(Date.now() - started).to.be.lessThan(20_000)
  })

  it('reaches no prototype and runs no code, whatever the path', () => {
    const names = fc.constantFrom(
      'constructor',
      '__proto__',
      'prototype',
      'toString',
      'valueOf',
      'hasOwnProperty',
      'name',
      'call',
      'x',
    )
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (path) => {
        const result = filled('text', { trigger: { x: { x: 'own' }, list: [] }, step: {} })(
          `{{trigger.${path.join('.')}}}`,
        )
        const own = path.join('.') === 'x.x'
        expect(E.isRight(result), path.join('.')).to.equal(own)
      }),
    )
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
  })

  it('puts any value into HTML without making an element of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const result = filled('html', { trigger: { value }, step: {} })('{{trigger.value}}')
        expect(E.isRight(result) && /[<>"']/.test(result.right)).to.equal(false)
      }),
    )
  })

  it('never takes a value for a template', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('{{trigger.client.name}}', '{% include "x" %}', '{{', '%}', '{{constructor}}'),
        (value) => {
          expect(filled('text', { trigger: { value }, step: {} })('{{trigger.value}}')).to.deep.equal(E.right(value))
        },
      ),
    )
  })

  it('lists variables without the names of its own loops', () => {
    expect(variablesOf('{% for i in trigger.items %}{{i.name}}{{step.3.a.b}}{% endfor %}')).to.deep.equal(
      E.right([
        ['trigger', 'items'],
        ['step', '3', 'a', 'b'],
      ]),
    )
  })

  it('takes dotted source fields, bare or between braces', () => {
    expect(sourceField.decode('{{ trigger.client.name }}')).to.deep.equal(E.right('trigger.client.name'))
    for (const source of [
      'client.name',
      'trigger',
      'step.2',
      'step.x.y',
      'trigger.__proto__.x',
      'trigger..x',
      'trigger.a b',
      7,
    ])
      expect(E.isLeft(sourceField.decode(source)), String(source)).to.equal(source !== 'trigger')
  })

  it('refuses a source field of a million spaces without looking for its end in each', () => {
    expect(E.isLeft(sourceField.decode(`${' '.repeat(1_000_000)}x`))).to.equal(true)
  })

  it('tells the line of what is wrong', () => {
    expect(variablesOf('one\ntwo {{trigger.a')).to.deep.equal(E.left('a tag in line 2 is not closed'))
    const wrong = variablesOf('one\ntwo {{trigger.b}}\nthree {{trigger.a | nothing}}')
    expect(E.isLeft(wrong) && wrong.left).to.include('line:3')
  })

  it('reads a long text between tags, and no more tags than a person writes', () => {
    const long = `${'text '.repeat(15_000)}{{trigger.a}}\n${'text '.repeat(4_000)}{% if step.2.b %}{{ trigger.c }}{% endif %}`
    expect(variablesOf(long)).to.deep.equal(
      E.right([
        ['trigger', 'a'],
        ['trigger', 'c'],
        ['step', '2', 'b'],
      ]),
    )
    expect(variablesOf('{{trigger.a}}'.repeat(7_000))).to.deep.equal(E.left('has more than 10000 characters in tags'))
    expect(E.isRight(variablesOf('{{trigger.a}}'.repeat(700)))).to.equal(true)
  })
})
