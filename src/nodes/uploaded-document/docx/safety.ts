import * as E from 'fp-ts/Either'
import { contentTypesOf, contentTypesPart, declaredTypes } from './content-types'
import { finding, type TemplateFault, templateFault, tooLarge, unreadable } from './fault'
import { activeFields } from './fields'
import { limits, megabytes } from './limits'
import { linkLists } from './links'
import { decodeMarkup, isMarkup, isMarkupName } from './markup'
import { unsafeRelationships } from './relationships'
import { type Parts } from './unpack'
import { localName } from './xml-elements'
import { xmlTags } from './xml-tags'

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

const letterSources: ReadonlySet<string> = new Set([
  'dataSource',
  'headerSource',
  'connectString',
  'query',
  'udl',
  'src',
])

/** Whether Word would ask to fetch the letters' data from somewhere; that a document is a form letter says nothing. */
const mailMergeSources = (xml: string): ReadonlyArray<string> => {
  if (!xml.includes('mailMerge')) return []
  let isInside = false
  for (const { kind, name } of xmlTags(xml)) {
    const local = localName(name)
    if (local === 'mailMerge') isInside = kind === 'open'
    else if (isInside && letterSources.has(local)) return ['mailMergeSource']
  }
  return []
}

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

const obfuscated = 'application/vnd.openxmlformats-officedocument.obfuscatedFont'

/**
 * Fonts that are stored with their first 32 bytes scrambled (ISO/IEC 29500-1, 17.8.1): how they begin says nothing.
 * What is declared as one and used as anything else is none.
 */
const embeddedFonts = (parts: Parts): ReadonlySet<string> => {
  const types = parts.get(contentTypesPart)?.toString('utf8') ?? ''
  if (!types.includes(obfuscated)) return new Set()
  const typeOf = contentTypesOf(types)
  const links = linkLists(parts).flatMap((list) => list.links)
  const usedElsewhere = new Set(links.filter(({ type }) => !/\/font$/.test(type)).map(({ target }) => target))
  const usedAsFont = new Set(links.map(({ target }) => target).filter((target) => !usedElsewhere.has(target)))
  return new Set(
    [...parts.keys()].filter((name) => usedAsFont.has(name) && typeOf(name) === obfuscated && !isMarkupName(name)),
  )
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
