import { expect } from 'chai'
import { IntlMessageFormat } from 'intl-messageformat'
import { messages, type Code } from '../../../src/domain/messages'
import { actions, domains, type Entry, type Kind, locales } from '../../../src/domain/messages/entry'
import { logTexts } from '../../../src/domain/messages/log'
import { textOf } from '../../../src/domain/messages/text'
import { fault } from '../../../src/domain/fault'
import type { Finding } from '../../../src/nodes/contract'

type Ast = ReturnType<IntlMessageFormat['getAst']>

const partsOf = (ast: Ast): Ast =>
  ast.flatMap((part) => [
    part,
    ...('options' in part ? Object.values(part.options).flatMap(({ value }) => partsOf(value)) : []),
    ...('children' in part ? partsOf(part.children) : []),
  ])

// element types of the parser: 0 is literal text, 7 the number sign of a plural
const isParameter = ({ type }: Ast[number]): boolean => ![0, 7].includes(type)

const parametersOf = (text: string, locale: string): ReadonlyArray<string> => {
  const parts = partsOf(new IntlMessageFormat(text, locale).getAst()).filter(isParameter)
  return [...new Set(parts.map((part) => ('value' in part ? part.value : '')))].sort()
}

const exampleOf = (name: string, kind: Kind): string | number =>
  kind === 'text' ? `<${name}>` : kind === 'number' ? 2 : (kind[0] ?? '')

const entries = Object.entries<Entry>(messages)

describe('the messages', () => {
  for (const [code, { domain, severity, action, params, text }] of entries)
    describe(code, () => {
      it('has a domain, a severity and an action of the closed lists', () => {
        expect(domains).to.include(domain)
        expect(actions).to.include(action)
        expect(['blocking', 'warning']).to.include(severity)
      })

      for (const locale of locales)
        it(`asks in ${locale} for the parameters that its type has, and says them`, () => {
          expect(Object.keys(text).sort()).to.deep.equal([...locales].sort())
          expect(parametersOf(text[locale], locale)).to.deep.equal(Object.keys(params).sort())
          const examples = Object.fromEntries(
            Object.entries(params).map(([name, kind]) => [name, exampleOf(name, kind)]),
          )
          const said = textOf(code, examples, locale)
          expect(said).to.not.equal(code)
          for (const [name, kind] of Object.entries(params)) if (kind === 'text') expect(said).to.include(`<${name}>`)
        })

      it('says every word that a parameter may be in the reader’s language', () => {
        for (const [name, kind] of Object.entries(params))
          if (typeof kind !== 'string')
            for (const word of kind)
              for (const locale of locales) {
                const select = partsOf(new IntlMessageFormat(text[locale], locale).getAst()).find(
                  (part) => 'options' in part && part.value === name,
                )
                expect(select !== undefined && 'options' in select ? Object.keys(select.options) : []).to.include(word)
              }
      })
    })

  it('begins a code that the checks raise with its domain', () => {
    for (const [code, { domain }] of entries) {
      const [first = ''] = code.split('.', 1)
      if ((domains as ReadonlyArray<string>).includes(first)) expect(first, code).to.equal(domain)
    }
  })

  it('keeps the words of the guide', () => {
    expect(textOf('template.large_file', {}, 'pt-BR')).to.equal('Template maior que 10MB pode demorar')
    expect(textOf('render.failed', {}, 'pt-BR')).to.equal(
      'Não foi possível gerar o documento. Verifique se o template existe.',
    )
    expect(messages['template.large_file'].severity).to.equal('warning')
  })

  it('counts in the reader’s language', () => {
    const said = (count: number) => textOf('data.missing_required_field', { count, fields: 'a, b' }, 'pt-BR')
    expect([said(1), said(2), said(1_000_000)]).to.deep.equal([
      'Falta preencher o campo a, b',
      'Faltam 2 campos: a, b',
      'Faltam 1.000.000 campos: a, b',
    ])
  })

  it('does not take a finding, or a fault, with parameters of another code', () => {
    const good: Finding = { code: 'data.null_value', params: { path: 'a' }, tech: '' }
    // @ts-expect-error a parameter is missing
    const lacking: Finding = { code: 'data.unresolved_variable', params: { path: 'a' }, tech: '' }
    // @ts-expect-error a parameter that the text does not ask for
    const more: Finding = { code: 'template.not_found', params: { path: 'a' }, tech: '' }
    // @ts-expect-error a word where a number is due
    const wrong: Finding = { code: 'signature.expiration_invalid', params: { min: '1', max: 2 }, tech: '' }
    // @ts-expect-error not one of the words
    const word: Finding = { code: 'data.invalid_format', params: { field: 'a', expected: 'texto' }, tech: '' }
    // @ts-expect-error a code that is none
    const none: Finding = { code: 'data.nothing', params: {}, tech: '' }
    // @ts-expect-error of another code
    const failed = fault('step.worker_lost', { label: 'Send' }, '')
    expect([good, lacking, more, wrong, word, none].map(({ code }): Code => code)).to.have.length(6)
    expect(failed.code).to.equal('step.worker_lost')
  })
})

describe('the log of a run', () => {
  for (const [code, text] of Object.entries(logTexts))
    it(`${code} asks for the same in every language`, () => {
      const [first, ...others] = locales.map((locale) => parametersOf(text[locale], locale))
      for (const other of others) expect(other).to.deep.equal(first)
    })
})
