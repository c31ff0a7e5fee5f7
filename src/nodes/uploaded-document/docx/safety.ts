import * as E from 'fp-ts/Either'
import { contentTypesPart, declaredTypes } from './content-types'
import { embeddedFonts } from './embedded-fonts'
import { finding, type TemplateFault, templateFault, tooLarge, unreadable } from './fault'
import { activeFields } from './fields'
import { limits, megabytes } from './limits'
import { mailMergeSources } from './mail-merge'
import { decodeMarkup, isMarkup } from './markup'
import { unsafeRelationships } from './relationships'
import { type Parts } from './unpack'

const byName: ReadonlyArray<readonly [RegExp, string]> = [
  [/(^|\/)vba(project\.bin|data\.xml)/i, 'macros'],
  [/(^|\/)activex\//i, 'ActiveX'],
  [/(^|\/)customui\//i, 'custom ribbon'],
  [/(^|\/)webextensions\//i, 'web extension'],
  [/(^|\/)embeddings\//i, 'embedded file'],
]

const bySignature: ReadonlyArray<readonly [string, string]> = [
  ['504b0304', 'embedded file'],
  ['d0cf11e0', 'embedded file'],
  ['4d5a', 'embedded program'],
  ['7f454c46', 'embedded program'],
]

const inMarkup = (name: string, xml: string): ReadonlyArray<string> => [
  ...(/<!(DOCTYPE|ENTITY)/i.test(xml) ? ['DOCTYPE'] : []),
  ...(/\.rels$/i.test(name) ? unsafeRelationships(xml) : [...activeFields(xml), ...mailMergeSources(xml)]),
  ...(name === contentTypesPart ? declaredTypes(xml).unsafe : []),
]

const isList = (name: string): boolean => name === contentTypesPart || /\.rels$/i.test(name)

/** Before anything is read in it: all markup is within its limit, and so is every list. */
export const checkMarkupSize = (parts: Parts): E.Either<TemplateFault, Parts> => {
  const markup = [...parts].filter(([name, bytes]) => isMarkup(name, bytes))
  const total = markup.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  if (total > limits.markupBytes) return E.left(tooLarge(megabytes(limits.markupBytes), `${total} bytes of XML`))
  return markup.some(([name, bytes]) => isList(name) && bytes.length > limits.listBytes)
    ? E.left(unreadable('a list of relationships or content types is too long'))
    : E.right(parts)
}

const inPart = (name: string, bytes: Buffer, isFont: boolean): E.Either<TemplateFault, ReadonlyArray<string>> => {
  const named = byName.filter(([pattern]) => pattern.test(name)).map(([, feature]) => feature)
  if (isFont) return E.right(named)
  const start = bytes.toString('hex', 0, 4)
  const known = [
    ...named,
    ...bySignature.filter(([signature]) => start.startsWith(signature)).map(([, feature]) => feature),
  ]
  if (!isMarkup(name, bytes)) return E.right(known)
  const xml = decodeMarkup(bytes)
  return E.isLeft(xml) ? xml : E.right([...known, ...inMarkup(name, xml.right)])
}

/** Refuses macros, embedded and linked content, entities and active fields: everything but text, pictures and styles. */
export const checkSafety = (parts: Parts): E.Either<TemplateFault, Parts> => {
  const features = new Set<string>()
  const fonts = embeddedFonts(parts)
  for (const [name, bytes] of parts) {
    const found = inPart(name, bytes, fonts.has(name))
    if (E.isLeft(found)) return found
    found.right.forEach((feature) => features.add(feature))
  }
  const [first, ...rest] = [...features].map((feature) => finding('template.unsafe_content', { feature }))
  return first === undefined
    ? E.right(parts)
    : E.left(templateFault(first, `forbidden content: ${[...features].join(', ')}`, [first, ...rest]))
}
