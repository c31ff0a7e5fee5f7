import { expect } from 'chai'
import * as fc from 'fast-check'
import { sealedLiquid } from '../../../src/nodes/texts/liquid'
import { globalPaths, type Path } from '../../../src/nodes/texts/liquid-variables'

const engine = sealedLiquid(String)

const read = (template: string) => globalPaths(engine.parse(template))

/** As the engine's own analysis finds them, as far as each is fixed. */
const readByEngine = (template: string): ReadonlyArray<Path> =>
  engine.globalVariableSegmentsSync(engine.parse(template)).map((segments: ReadonlyArray<unknown>) => {
    const dynamic = segments.findIndex((segment) => typeof segment === 'object')
    return (dynamic < 0 ? segments : segments.slice(0, dynamic)).map(String)
  })

const asSet = (paths: ReadonlyArray<Path>) => [...new Set(paths.map((path) => JSON.stringify(path)))].sort()

const name = fc.constantFrom('trigger', 'step', 'item', 'forloop', 'a', 'b')
const { value, block } = fc.letrec<{ value: string; block: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    name,
    fc.constantFrom('"text"', '7', 'true', 'nil', '["a b"].c', '[1].a', '"text".size'),
    fc.tuple(name, name).map(([root, field]) => `${root}.${field}`),
    fc.tuple(name, fc.nat(9)).map(([root, place]) => `${root}[${place}].x`),
    fc.tuple(name, tie('value')).map(([root, inner]) => `${root}[${inner}].y`),
    tie('value').map((inner) => `[${inner}].z`),
  ),
  block: fc.oneof(
    { maxDepth: 3 },
    tie('value').map((one) => `{{ ${one} }}`),
    fc.tuple(tie('value'), tie('value')).map(([one, other]) => `{{ ${one} | default: ${other}, allow_false: a.b }}`),
    fc.tuple(name, tie('value')).map(([own, one]) => `{% assign ${own} = ${one} | append: b.c %}`),
    fc.tuple(name, tie('block')).map(([own, inner]) => `{% capture ${own} %}${inner}{% endcapture %}`),
    fc
      .tuple(name, tie('value'), tie('block'), tie('block'))
      .map(([own, list, inner, none]) => `{% for ${own} in ${list} limit: a.n %}${inner}{% else %}${none}{% endfor %}`),
    tie('block').map((inner) => `{% for item in (1..trigger.n) %}${inner}{% break %}{% endfor %}`),
    fc
      .tuple(tie('value'), tie('value'), tie('block'), tie('block'))
      .map(([one, other, yes, no]) => `{% if ${one} == ${other} or b %}${yes}{% elsif a %}{% else %}${no}{% endif %}`),
    fc.tuple(tie('value'), tie('block')).map(([one, inner]) => `{% unless ${one} %}${inner}{% endunless %}`),
    fc
      .tuple(tie('value'), tie('value'), tie('block'))
      .map(([one, other, inner]) => `{% case ${one} %}{% when ${other}, b %}${inner}{% else %}{{a}}{% endcase %}`),
    tie('block').map((inner) => `${inner}{% comment %}{{a.b.c}}{% endcomment %}{% # b %}`),
    fc.tuple(tie('block'), tie('block')).map(([one, other]) => `${one} ${other}`),
  ),
}))

describe('the variables of a template', () => {
  it('are those that the engine finds, whatever stands where', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(
        fc.oneof(
          block,
          value.map((one) => `{{ ${one} }}`),
        ),
        (template) => {
          const paths = read(template)
          for (const path of paths) seen.add(path.join('.'))
          expect(asSet(paths)).to.deep.equal(asSet(readByEngine(template)))
        },
      ),
      { numRuns: 2_000 },
    )
    expect(seen.size).to.be.greaterThan(30)
  })

  it('are told once, those of one root together', () => {
    expect(read('{{a.b}}{{c.d}}{{a.e}}{{a.b}}{{a[c.d].f}}')).to.deep.equal([['a', 'b'], ['a', 'e'], ['a'], ['c', 'd']])
  })
})
