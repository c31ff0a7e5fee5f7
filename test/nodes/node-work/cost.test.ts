import { expect } from 'chai'
import * as fc from 'fast-check'
import type { JsonObject } from '../../../src/domain/json'
import type { TemplateNode } from '../../../src/domain/template'
import { costing } from '../../../src/nodes/node-work/cost'
import { walkData } from '../../../src/nodes/uploaded-document/docx'
import { manyNames } from '../../support/hard-texts'

const costOf = (config: JsonObject, data: JsonObject = {}, ...tree: ReadonlyArray<TemplateNode>) =>
  costing(data)(config, [tree])

const tag = (path: string): TemplateNode => ({ kind: 'tag', path })
const section = (path: string, ...children: ReadonlyArray<TemplateNode>): TemplateNode => ({
  kind: 'section',
  path,
  inverted: false,
  children,
})
const ms = 1_000

describe('what a node costs at most', () => {
  it('is known of bare paths in few words', () => {
    for (const text of ['', 'Hi', '{{trigger.a}}', '{{ trigger.list[0].name }} {{- step.1.x -}}', '{ a } %} {'])
      expect(costOf({ to: [text] }), text).to.be.below(1 * ms)
  })

  it('is not known of filters, conditions, loops, and whatever else stands in a tag', () => {
    for (const text of [
      '{{ trigger.a | upcase }}',
      '{% if trigger.a %}{% endif %}',
      '{{ trigger.a }}{% assign a = 1 %}',
      '{{ "a" }}',
      '{{ (1..9) }}',
      '{{ trigger["a b"] }}',
      '{{{{ trigger.a }}',
      `{{ ${'a.'.repeat(150)}a }}`,
      '{{ trigger.a',
    ])
      expect(costOf({ to: [text] }), text).to.equal(undefined)
  })

  it('is not known of much data or long texts, whatever is asked of them', () => {
    expect(costOf({ to: ['x'] }, manyNames(3_001))).to.equal(undefined)
    expect(costOf({ to: ['x'] }, { list: Array.from({ length: 3_001 }, () => 1) })).to.equal(undefined)
    expect(costOf({ to: ['x'] }, { text: 'x'.repeat(65_537) })).to.equal(undefined)
    expect(costOf({ to: ['x'.repeat(65_537)] })).to.equal(undefined)
    expect(costOf({ to: ['x'.repeat(40_000), 'x'.repeat(40_000)] })).to.equal(undefined)
  })

  it('grows with what is printed, mapped and looped over', () => {
    const text = { text: 'x'.repeat(60_000) }
    expect(costOf({ to: Array.from({ length: 20 }, () => '{{trigger.text}}') }, text)).to.be.above(20 * ms)
    const mappings = { mappings: Array.from({ length: 50 }, () => ({ tag: 'a', source: 'trigger' })) }
    expect(costOf(mappings, text)).to.be.above(20 * ms)
    const rows = { rows: Array.from({ length: 2_000 }, () => 1) }
    expect(costOf({}, rows, section('rows', ...Array.from({ length: 10 }, () => tag('a'))))).to.be.above(20 * ms)
    const nested = { rows: Array.from({ length: 40 }, () => 1) }
    expect(costOf({}, nested, section('rows', section('rows', section('rows', tag('a')))))).to.be.above(20 * ms)
  })

  it('covers every item that a template would be walked for', () => {
    const trees = fc.letrec<{ nodes: ReadonlyArray<TemplateNode> }>((tie) => ({
      nodes: fc.array(
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom(tag('a'), tag('.')),
          fc.tuple(fc.constantFrom('a', 'b'), tie('nodes')).map(([path, nodes]) => section(path, ...nodes)),
        ),
        { maxLength: 3 },
      ),
    })).nodes
    const lists = fc.record({
      a: fc.array(fc.constant(1), { maxLength: 6 }),
      b: fc.array(fc.constant({}), { maxLength: 6 }),
    })
    const none = costOf({}, {}) ?? 0
    fc.assert(
      fc.property(trees, lists, (tree, data) => {
        const values = costOf({}, data) ?? 0
        expect((costOf({}, data, ...tree) ?? 0) - values).to.be.at.least(walkData(tree, data).items)
        expect(values).to.be.at.least(none)
      }),
    )
  })
})
