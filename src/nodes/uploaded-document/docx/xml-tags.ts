import * as O from 'fp-ts/Option'
import { localName, xmlElements } from './xml-elements'

/** A tag where it stands in its XML; `start` and `end` are offsets of its first character and of the one after its last. */
export interface XmlTag {
  readonly kind: 'open' | 'close' | 'empty'
  /** With its prefix, as written. */
  readonly name: string
  /** As written, undecoded. */
  readonly attributes: string
  readonly start: number
  readonly end: number
}

// what has no end is read once, not again from each of its beginnings
const markup =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<(\/?)([^\s<>"'/!?=]+)((?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g

/** The tags of an XML file in order, one at a time: a large document has many. */
export function* xmlTags(xml: string): Generator<XmlTag> {
  for (const { 0: whole, 1: closing, 2: name, 3: attributes = '', 4: empty, index: start } of xml.matchAll(markup)) {
    if (name === undefined) continue
    const kind = closing === '/' ? 'close' : empty === '/' ? 'empty' : 'open'
    yield { kind, name, attributes, start, end: start + whole.length }
  }
}

export const isNamed =
  (local: string) =>
  ({ name }: XmlTag): boolean =>
    localName(name) === local

/** Decoded, by their names without prefixes. */
export const attributesOf = (xml: string, { start, end }: XmlTag): ReadonlyMap<string, string> => {
  const elements = xmlElements(xml.slice(start, end))
  return (O.isSome(elements) ? elements.value[0]?.attributes : undefined) ?? new Map<string, string>()
}

export const attributeOf = (xml: string, tag: XmlTag, name: string): string | undefined =>
  attributesOf(xml, tag).get(name)

/** "w:" of "w:hdr", "" of "hdr". */
export const prefixOf = ({ name }: XmlTag): string => name.slice(0, name.indexOf(':') + 1)

const textEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const encodeXml = (text: string): string => text.replace(/[&<>"]/g, (char) => textEntities[char] ?? char)

const opened = (xml: string, tag: XmlTag, content: string): string =>
  tag.kind === 'empty'
    ? `<${tag.name}${tag.attributes}>${content}</${tag.name}>`
    : `${xml.slice(tag.start, tag.end)}${content}`

/** Puts content into elements, in front of what they hold; tags in the order of the file. */
export const putFirst = (xml: string, into: ReadonlyArray<readonly [tag: XmlTag, content: string]>): string =>
  [
    ...into.map(
      ([tag, content], n) => `${xml.slice(into[n - 1]?.[0].end ?? 0, tag.start)}${opened(xml, tag, content)}`,
    ),
    xml.slice(into.at(-1)?.[0].end ?? 0),
  ].join('')

/** Puts children into the root element, before its other ones; they are given its prefix. */
export const putIntoRoot = (xml: string, children: (prefix: string) => string): string => {
  for (const tag of xmlTags(xml)) return putFirst(xml, [[tag, children(prefixOf(tag))]])
  throw new Error('a part without a root element')
}

/** Without these elements and what they hold. */
export const withoutElements = (xml: string, isTaken: (tag: XmlTag) => boolean): string => {
  const kept: Array<string> = []
  let keptTo = 0
  let open: { readonly name: string; depth: number } | undefined
  for (const tag of xmlTags(xml)) {
    if (open === undefined) {
      if (tag.kind === 'close' || !isTaken(tag)) continue
      kept.push(xml.slice(keptTo, tag.start))
      keptTo = tag.end
      if (tag.kind === 'open') open = { name: tag.name, depth: 1 }
    } else if (tag.name === open.name && tag.kind !== 'empty') {
      open.depth += tag.kind === 'open' ? 1 : -1
      keptTo = tag.end
      if (open.depth === 0) open = undefined
    }
  }
  if (open !== undefined) throw new Error(`<${open.name}> has no end`)
  return [...kept, xml.slice(keptTo)].join('')
}
