import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'chai'
import { IntlMessageFormat } from 'intl-messageformat'
import { troubleTexts } from '../../../src/api/pages/trouble'
import { words as reviewWords } from '../../../src/api/pages/review/words'
import { problemActions } from '../../../src/api/problem/advice'
import { problemTexts } from '../../../src/api/problem/texts'
import { messages } from '../../../src/domain/messages'
import { actionTexts } from '../../../src/domain/messages/actions'
import { actions, type Locale, locales } from '../../../src/domain/messages/entry'
import { logTexts } from '../../../src/domain/messages/log'
import { letterWords } from '../../../src/nodes/review-documents/letter'
import { argumentsOf } from '../../support/icu'

type Pair = Readonly<Record<Locale, string>>
type Texts = Readonly<Record<string, Pair>>

const mapped = <A>(of: Readonly<Record<string, A>>, pair: (a: A) => Readonly<Record<string, Pair>>): Texts =>
  Object.fromEntries(
    Object.entries(of).flatMap(([key, a]) => Object.entries(pair(a)).map(([part, texts]) => [`${key} ${part}`, texts])),
  )

const labelled = (texts: Readonly<Record<Locale, readonly [string, string]>>) => ({
  label: { 'pt-BR': texts['pt-BR'][0], en: texts.en[0] },
  description: { 'pt-BR': texts['pt-BR'][1], en: texts.en[1] },
})

/** Everything that is said by a code, as ICU patterns. The audit says codes alone. */
const patterns: Readonly<Record<string, Texts>> = {
  faults: mapped(messages, ({ text }) => ({ text })),
  'lines of the log': mapped(logTexts, (text) => ({ text })),
  problems: mapped(problemTexts, (texts) => ({
    title: { 'pt-BR': texts['pt-BR'].title, en: texts.en.title },
    detail: { 'pt-BR': texts['pt-BR'].detail, en: texts.en.detail },
  })),
  'recommended actions': mapped(actionTexts, labelled),
  'actions on problems': mapped(problemActions, labelled),
}

/** The same in every language: `{cause}` is a text of its own. */
const untranslated = ['{cause}']

describe('texts by code', () => {
  for (const [name, texts] of Object.entries(patterns))
    it(`of ${name} are there in both languages, valid, with the same parameters`, () => {
      for (const [key, pair] of Object.entries(texts)) {
        expect(Object.keys(pair).sort(), key).to.deep.equal([...locales].sort())
        for (const locale of locales) {
          expect(pair[locale].trim(), `${key} ${locale}`).to.equal(pair[locale]).and.to.not.equal('')
          expect(() => new IntlMessageFormat(pair[locale], locale), `${key} ${locale}`).to.not.throw()
        }
        expect(argumentsOf(pair.en, 'en'), key).to.deep.equal(argumentsOf(pair['pt-BR'], 'pt-BR'))
        if (!untranslated.includes(pair.en)) expect(pair.en, key).to.not.equal(pair['pt-BR'])
      }
    })

  it('advise with actions that exist, each of them said', () => {
    expect(Object.keys(actionTexts).sort()).to.deep.equal([...actions].sort())
    for (const [code, { action }] of Object.entries(messages)) expect(actions, code).to.include(action)
  })
})

type Words = { readonly [name: string]: unknown }

/** Functions by what they say of their own parameters. */
const spoken = (value: unknown, path: string): ReadonlyArray<readonly [string, string]> => {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') {
    const given = Array.from({ length: value.length }, (_, i) => `<${i}>`)
    return [[`${path}/${value.length}`, String((value as (...args: ReadonlyArray<string>) => unknown)(...given))]]
  }
  return Object.entries(value as Words).flatMap(([name, inner]) => spoken(inner, `${path}.${name}`))
}

describe('texts of pages and letters', () => {
  for (const [name, words] of Object.entries({ review: reviewWords, trouble: troubleTexts, invitation: letterWords }))
    it(`of the ${name} say the same things in both languages`, () => {
      const [source, other] = [spoken(words['pt-BR'], ''), spoken(words.en, '')]
      expect(other.map(([path]) => path)).to.deep.equal(source.map(([path]) => path))
      source.forEach(([path, text], i) => {
        const translated = other[i]?.[1] ?? ''
        expect(text.trim(), path).to.not.equal('')
        expect(translated.trim(), path).to.not.equal('')
        const named = (said: string) => [...new Set(said.match(/<\d>/g))].sort()
        expect(named(translated), path).to.deep.equal(named(text))
        expect(`${text}${translated}`, path).to.not.match(/undefined|\[object/)
      })
    })
})

describe('what is said in a language', () => {
  const src = join(__dirname, '../../../src')
  const known = [
    'api/pages/layout.ts',
    'api/pages/review/words.ts',
    'api/pages/trouble.ts',
    'api/problem/advice.ts',
    'api/problem/texts.ts',
    'nodes/review-documents/letter.ts',
  ]

  it('stands in a file that these tests know', () => {
    const files = readdirSync(src, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile() && each.name.endsWith('.ts'))
      .map((each) => join(each.parentPath, each.name))
      .filter((file) => /'pt-BR'\s*:/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(src, file))
    expect(files.filter((file) => !file.startsWith('domain/messages/')).sort()).to.deep.equal(known)
  })
})
