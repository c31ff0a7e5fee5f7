import { expect } from 'chai'
import * as fc from 'fast-check'
import { TokenKind, Tokenizer } from 'liquidjs'
import { tagsIn } from '../../../src/nodes/texts/liquid-tags'

const enough = 1_000_000

/** As the engine divides it, or why it does not. */
const dividedByEngine = (template: string): string | Error => {
  try {
    return new Tokenizer(template)
      .readTopLevelTokens()
      .filter(({ kind }) => kind !== TokenKind.HTML)
      .map((token) => token.getText())
      .join('')
  } catch (error) {
    return error as Error
  }
}

describe('the tags of a template', () => {
  const piece = fc.constantFrom('{', '}', '%', '{{', '}}', '{%', '%}', '"', "'", '\\', 'a', ' ', '\n', '|', 'é')

  it('are those that the engine sees', () => {
    let closed = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const template = pieces.join('')
        const { tags, unclosed } = tagsIn(template, enough)
        const engine = dividedByEngine(template)
        if (typeof engine !== 'string') {
          fc.pre(engine.message.includes('not closed'))
          expect(unclosed).to.be.a('number')
        } else {
          closed += 1
          expect({ tags, unclosed }).to.deep.equal({ tags: engine, unclosed: undefined })
        }
      }),
      { numRuns: 5_000 },
    )
    expect(closed).to.be.greaterThan(500)
  })

  it('end behind quotes, and do not begin within one another', () => {
    expect(tagsIn('a{{ "}}" }}b{% if "%} c %}{{{d}}}', enough)).to.deep.equal({
      tags: '{{ "}}" }}{% if "%}{{{d}}',
      unclosed: undefined,
    })
    expect(tagsIn('{{a}} {{ "b }} c', enough)).to.deep.equal({ tags: '{{a}}', unclosed: 6 })
  })

  it('are not read on once there are too many', () => {
    expect(tagsIn('{{a}} '.repeat(100_000), 12).tags).to.equal('{{a}}{{a}}{{a}}')
  })
})
