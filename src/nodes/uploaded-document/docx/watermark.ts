import { addPart, freeName, type Package, relationshipsOf, withXml, xmlDeclaration, xmlOf } from './opc'
import { cleanText } from './text'
import { sectionsOf, shortestSide, withSection } from './sections'
import { watermarkParagraph } from './watermark-shape'
import { attributeOf, encodeXml, isNamed, putFirst, putIntoRoot, type XmlTag, xmlTags } from './xml-tags'

export interface Watermark {
  /** Stands behind the text of every page, large and slanted. */
  readonly text: string
  /** Stands in the custom document properties, so that documents of two marks never have the same bytes. */
  readonly mark: string
}

const transitional = {
  word: 'http://schemas.openxmlformats.org/wordprocessingml/2006/main',
  references: 'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
  custom: 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties',
  properties: 'http://schemas.openxmlformats.org/officeDocument/2006/custom-properties',
  values: 'http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes',
} as const

/** The same of an ISO/IEC 29500 "Strict" document. */
const strict: Readonly<Record<keyof typeof transitional, string>> = {
  word: 'http://purl.oclc.org/ooxml/wordprocessingml/main',
  references: 'http://purl.oclc.org/ooxml/officeDocument/relationships',
  custom: 'http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties',
  properties: 'http://purl.oclc.org/ooxml/officeDocument/customProperties',
  values: 'http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes',
}

type Namespaces = typeof strict

const headerTypes = ['default', 'first', 'even']

const headerReference = (ns: Namespaces, type: string, id: string): string =>
  `<w:headerReference xmlns:w="${ns.word}" xmlns:r="${ns.references}" w:type="${type}" r:id="${encodeXml(id)}"/>`

const headerContentType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml'
const customContentType = 'application/vnd.openxmlformats-officedocument.custom-properties+xml'

const withHeaders = (before: Package, main: string, ns: Namespaces): Package => {
  const xml = withSection(xmlOf(before, main))
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const sections = sectionsOf(xml)
  let parts = before
  const addHeader = (): string => {
    const name = freeName(parts, `${folder}header`, '.xml')
    const content = `${xmlDeclaration}<w:hdr xmlns:w="${ns.word}"></w:hdr>`
    const added = addPart(parts, main, `${ns.references}/header`, {
      name,
      contentType: headerContentType,
      xml: content,
    })
    parts = added.parts
    return added.id
  }
  const inherited = new Map<string, string>()
  const references = sections.map(({ tag, headers }): readonly [XmlTag, string] => {
    headers.forEach((id, type) => inherited.set(type, id))
    const missing = headerTypes.filter((type) => !headers.has(type))
    missing.filter((type) => !inherited.has(type)).forEach((type) => inherited.set(type, addHeader()))
    return [tag, missing.map((type) => headerReference(ns, type, inherited.get(type) ?? '')).join('')]
  })
  return withXml(parts, main, putFirst(xml, references))
}

const markHeaders = (parts: Package, main: string, text: string, ns: Namespaces): Package => {
  const targets = relationshipsOf(parts, main).flatMap(({ type, target }) => (type === 'header' ? [target] : []))
  const side = shortestSide(sectionsOf(xmlOf(parts, main)))
  return [...new Set(targets)]
    .filter((name) => parts.has(name))
    .sort()
    .reduce((marked, name, n) => {
      const xml = xmlOf(marked, name)
      const paragraph = watermarkParagraph({ text, side, n: n + 1 }, ns.word, xml.includes('"_x0000_t136"'))
      return withXml(
        marked,
        name,
        putIntoRoot(xml, () => paragraph),
      )
    }, parts)
}

const propertyName = 'docg-mark'

const withoutMark = (xml: string): string => {
  let start = -1
  for (const tag of xmlTags(xml)) {
    if (!isNamed('property')(tag)) continue
    if (tag.kind === 'close' && start >= 0) return `${xml.slice(0, start)}${xml.slice(tag.end)}`
    if (tag.kind === 'open' && attributeOf(xml, tag, 'name') === propertyName) start = tag.start
  }
  return xml
}

const withMark = (before: string, mark: string, ns: Namespaces): string => {
  const xml = withoutMark(before)
  const pids = [...xml.matchAll(/\spid\s*=\s*["'](\d{1,9})["']/g)].map(([, pid]) => Number(pid))
  const property = (prefix: string) =>
    `<${prefix}property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="${Math.max(1, ...pids) + 1}" name="${propertyName}">` +
    `<vt:lpwstr xmlns:vt="${ns.values}">${encodeXml(cleanText(mark))}</vt:lpwstr></${prefix}property>`
  return putIntoRoot(xml, property)
}

const markProperties = (before: Package, mark: string, ns: Namespaces): Package => {
  const known = relationshipsOf(before, '').find(({ type }) => /^custom-?properties$/i.test(type))?.target
  if (known !== undefined && before.has(known)) return withXml(before, known, withMark(xmlOf(before, known), mark, ns))
  const name = freeName(before, 'docProps/custom', '.xml')
  const xml = withMark(`${xmlDeclaration}<Properties xmlns="${ns.properties}"></Properties>`, mark, ns)
  return addPart(before, '', ns.custom, { name, contentType: customContentType, xml }).parts
}

/** Puts the watermark into the headers of a filled document, new ones where a page has none; what the headers hold stays. */
export const putWatermark = (parts: Package, { text, mark }: Watermark): Package => {
  const main = relationshipsOf(parts, '').find(({ type }) => type === 'officeDocument')?.target
  if (main === undefined || !parts.has(main)) throw new Error('a package that names no document')
  const ns = xmlOf(parts, main).includes(`"${strict.word}"`) ? strict : transitional
  return markProperties(markHeaders(withHeaders(parts, main, ns), main, text, ns), mark, ns)
}
