import { attributeOf, isNamed, prefixOf, type XmlTag, xmlTags } from './xml-tags'

/** One section of a document: its properties' first tag, the relationship ids of the headers that it names by type, its page in points. */
export interface Section {
  readonly tag: XmlTag
  readonly headers: ReadonlyMap<string, string>
  readonly page: ReadonlyArray<number>
}

interface Reading {
  readonly tag: XmlTag
  readonly headers: Map<string, string>
  page: ReadonlyArray<number>
}

const pageOf = (xml: string, tag: XmlTag): ReadonlyArray<number> =>
  ['w', 'h'].map((side) => Number(attributeOf(xml, tag, side)) / 20).filter((points) => points > 0)

const read = (section: Reading, xml: string, tag: XmlTag) => {
  if (isNamed('headerReference')(tag))
    section.headers.set(attributeOf(xml, tag, 'type') ?? 'default', attributeOf(xml, tag, 'id') ?? '')
  if (isNamed('pgSz')(tag)) section.page = pageOf(xml, tag)
}

/** The sections as they are now, in order; what a tracked change keeps of how they were is not one. */
export const sectionsOf = (xml: string): ReadonlyArray<Section> => {
  const sections: Array<Reading> = []
  let depth = 0
  for (const tag of xmlTags(xml)) {
    const section = sections.at(-1)
    const isProperties = isNamed('sectPr')(tag)
    if (isProperties && depth === 0 && tag.kind !== 'close') sections.push({ tag, headers: new Map(), page: [] })
    if (!isProperties && depth === 1 && section !== undefined) read(section, xml, tag)
    if (isProperties && tag.kind !== 'empty') depth += tag.kind === 'open' ? 1 : -1
  }
  return sections
}

/** The document with a section, which it need not name when it is the only one. */
export const withSection = (xml: string): string => {
  for (const tag of xmlTags(xml)) {
    if (isNamed('sectPr')(tag)) return xml
    if (isNamed('body')(tag) && tag.kind === 'close')
      return `${xml.slice(0, tag.start)}<${prefixOf(tag)}sectPr/>${xml.slice(tag.start)}`
  }
  throw new Error('a document without a body')
}

const letterWidth = 612

/** Points. */
export const shortestSide = (sections: ReadonlyArray<Section>): number =>
  sections.reduce((shortest, { page }) => Math.min(shortest, ...page), letterWidth)
