import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { declaredTypes } from './content-types'
import { finding, type TemplateFault, templateFault, tooLarge, unreadable } from './fault'
import { activeFields } from './fields'
import { limits, megabytes } from './limits'
import { unsafeRelationships } from './relationships'
import { type Parts } from './unpack'

export const contentTypesPart = '[Content_Types].xml'

const utf8 = new TextDecoder('utf-8', { fatal: true })

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

const isMarkup = (name: string, bytes: Buffer): boolean =>
  /\.(xml|rels|vml)$/i.test(name) ||
  /^(\ufeff)?\s*</.test(bytes.toString('utf8', 0, 64)) ||
  /^(fffe|feff|3c00|003c)/.test(bytes.toString('hex', 0, 2))

// another encoding would show the word processor other markup than the checks see
const decodeMarkup = (bytes: Buffer): E.Either<TemplateFault, string> =>
  E.tryCatch(
    () => {
      const text = utf8.decode(bytes)
      const encoding = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/i.exec(text)?.[1]
      if (text.includes('\u0000') || (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)))
        throw new Error('not UTF-8')
      return text
    },
    () => unreadable('a part is not in UTF-8'),
  )

const inMarkup = (name: string, xml: string): ReadonlyArray<string> => [
  ...(/<!(DOCTYPE|ENTITY)/i.test(xml) ? ['DOCTYPE'] : []),
  ...(/\.rels$/i.test(name) ? unsafeRelationships(xml) : activeFields(xml)),
  ...(name === contentTypesPart ? declaredTypes(xml).unsafe : []),
]

const isList = (name: string): boolean => name === contentTypesPart || /\.rels$/i.test(name)

const checkMarkupSize = (parts: Parts): E.Either<TemplateFault, Parts> => {
  const markup = [...parts].filter(([name, bytes]) => isMarkup(name, bytes))
  const total = markup.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  if (total > limits.markupBytes) return E.left(tooLarge(megabytes(limits.markupBytes), `${total} bytes of XML`))
  return markup.some(([name, bytes]) => isList(name) && bytes.length > limits.listBytes)
    ? E.left(unreadable('a list of relationships or content types is too long'))
    : E.right(parts)
}

const inPart = (name: string, bytes: Buffer): E.Either<TemplateFault, ReadonlyArray<string>> => {
  const start = bytes.toString('hex', 0, 4)
  const known = [
    ...byName.filter(([pattern]) => pattern.test(name)).map(([, feature]) => feature),
    ...bySignature.filter(([signature]) => start.startsWith(signature)).map(([, feature]) => feature),
  ]
  if (!isMarkup(name, bytes)) return E.right(known)
  const xml = decodeMarkup(bytes)
  return E.isLeft(xml) ? xml : E.right([...known, ...inMarkup(name, xml.right)])
}

const checkFeatures = (parts: Parts): E.Either<TemplateFault, Parts> => {
  const features = new Set<string>()
  for (const [name, bytes] of parts) {
    const found = inPart(name, bytes)
    if (E.isLeft(found)) return found
    found.right.forEach((feature) => features.add(feature))
  }
  const [first, ...rest] = [...features].map((feature) => finding('template.unsafe_content', { feature }))
  return first === undefined
    ? E.right(parts)
    : E.left(templateFault(first, `forbidden content: ${[...features].join(', ')}`, [first, ...rest]))
}

/** Refuses macros, embedded and linked content, entities and active fields: everything but text, pictures and styles. */
export const checkSafety = (parts: Parts): E.Either<TemplateFault, Parts> =>
  pipe(checkMarkupSize(parts), E.chain(checkFeatures))
