import { contentTypesOf, contentTypesPart } from './content-types'
import { linkLists } from './links'
import { isMarkupName } from './markup'
import { type Parts } from './unpack'

const obfuscated = 'application/vnd.openxmlformats-officedocument.obfuscatedFont'

/**
 * Fonts that are stored with their first 32 bytes scrambled (ISO/IEC 29500-1, 17.8.1): how they begin says nothing.
 * What is declared as one and used as anything else is none.
 */
export const embeddedFonts = (parts: Parts): ReadonlySet<string> => {
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
