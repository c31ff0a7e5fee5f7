import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import fc from 'fast-check'
import { type TemplateNode, walkData } from '../../../../src/nodes/uploaded-document/docx'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { docxText, templateDocx, templateDocxOf } from '../../../support/docx'
import { valueOf } from './results'
import { malformedParts } from './well-formed'

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [name: string]: Json }

const anyCodeUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0x7f })))
  .map((units) => String.fromCharCode(...units))

const anyText = fc.oneof(anyCodeUnits, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))

/** The text that XML can hold, worked out code point by code point. */
const visible = (text: string): string =>
  Array.from(text.replaceAll('\r\n', '\n'))
    .map((char) => {
      const code = char.codePointAt(0)!
      if (code === 0x0b || code === 0x0d) return '\n'
      if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
      return (code < 0x20 && code !== 9 && code !== 10) || code === 0xfffe || code === 0xffff ? '' : char
    })
    .join('')

const names = ['a', 'b', 'c', 'd'] as const

const nodesBelow = (depth: number, used: ReadonlyArray<string>): fc.Arbitrary<ReadonlyArray<TemplateNode>> => {
  const tag = fc.constantFrom(...names, 'a.b', 'c.d').map((path): TemplateNode => ({ kind: 'tag', path }))
  const free = names.filter((name) => !used.includes(name))
  const section = fc.constantFrom(...free).chain((path) =>
    fc.record({
      kind: fc.constant('section' as const),
      path: fc.constant(path),
      inverted: fc.boolean(),
      children: nodesBelow(depth - 1, [...used, path]),
    }),
  )
  return fc.array<TemplateNode>(depth === 0 ? tag : fc.oneof(tag, section), { maxLength: 4 })
}

const linesOf = (nodes: ReadonlyArray<TemplateNode>): ReadonlyArray<string> =>
  nodes.flatMap((node) =>
    node.kind === 'tag'
      ? [`${node.path}={{${node.path}}}`]
      : [`{{${node.inverted ? '^' : '#'}${node.path}}}`, ...linesOf(node.children), `{{/${node.path}}}`],
  )

const anyData: fc.Arbitrary<{ readonly [name: string]: Json }> = fc.letrec<{
  value: Json
  object: { [name: string]: Json }
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Json>('text', '', 0, 7, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie('value'), { noNullPrototype: true }),
})).object

const has = (value: Json | undefined, name: string): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)

const find = (path: string, scopes: ReadonlyArray<Json>): Json | undefined => {
  const [first = '', ...rest] = path.split('.')
  const scope = scopes.findLast((one) => has(one, first))
  return rest.reduce<Json | undefined>(
    (value, name) => (has(value, name) ? value[name] : undefined),
    has(scope, first) ? scope[first] : undefined,
  )
}

/** The lines of the filled document by the plainest reading of the rules; throws where the data does not fit. */
const expected = (nodes: ReadonlyArray<TemplateNode>, scopes: ReadonlyArray<Json>): ReadonlyArray<string> =>
  nodes.flatMap((node): ReadonlyArray<string> => {
    const value = find(node.path, scopes)
    if (node.kind === 'tag') {
      if (value === undefined || (typeof value === 'object' && value !== null)) throw new Error('does not fit')
      return [`${node.path}=${value ?? ''}`]
    }
    const inside = (more: ReadonlyArray<Json>) => expected(node.children, [...scopes, ...more])
    if (node.inverted) return !value || (Array.isArray(value) && value.length === 0) ? inside([]) : []
    if (value === undefined) throw new Error('does not fit')
    if (Array.isArray(value)) return (value as ReadonlyArray<Json>).flatMap((item) => inside([item]))
    return value ? inside(typeof value === 'object' ? [value] : []) : []
  })

describe('whatever the data', () => {
  it('any string is in the document as it was, but for what XML cannot hold', async () => {
    const template = await templateDocxOf({ lines: ['[{{a}}]', '{{#list}}<{{.}}>{{/list}}'], footer: '{{a}}' })
    fc.assert(
      fc.property(anyText, fc.array(anyText, { maxLength: 3 }), (a, list) => {
        const { bytes } = valueOf(render(template, { a, list }))
        expect(malformedParts(bytes)).to.deep.equal([])
        expect(docxText(bytes)).to.equal(`[${visible(a)}]\n${list.map((item) => `<${visible(item)}>`).join('')}`)
      }),
      { numRuns: 100 },
    )
  }).timeout(60_000)

  it('a document is filled by the plain rules, and refused exactly when the walk of the data says so', async () => {
    await fc.assert(
      fc.asyncProperty(nodesBelow(3, []), anyData, async (nodes, data) => {
        const template = await templateDocx('start', ...linesOf(nodes), 'end')
        const plain = E.tryCatch(
          () => expected(nodes, [data]),
          () => 'refused',
        )
        const result = render(template, data)
        expect(walkData(valueOf(inspect(template)).tree, data).errors.length === 0).to.equal(E.isRight(result))
        if (E.isLeft(plain)) expect(E.isLeft(result)).to.equal(true)
        else expect(docxText(valueOf(result).bytes).split('\n')).to.deep.equal(['start', ...plain.right, 'end'])
      }),
      { numRuns: 100 },
    )
  }).timeout(60_000)

  it('names of the prototype yield nothing', () => {
    const inherited = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'length']
    fc.assert(
      fc.property(fc.constantFrom(...inherited), anyData, (path, data) => {
        const [error] = walkData([{ kind: 'tag', path }], data).errors
        expect(error?.code).to.equal('data.unresolved_variable')
      }),
    )
  })
})
