import { posix } from 'node:path'
import * as O from 'fp-ts/Option'
import { contentTypesPart } from './content-types'
import { type XmlElement, xmlElements } from './xml-elements'
import { encodeXml, putIntoRoot } from './xml-tags'

/** The parts of an OPC package (ISO/IEC 29500-2) by name, without the leading slash; the package itself is ''. */
export type Package = ReadonlyMap<string, Uint8Array>

export interface Relationship {
  readonly id: string
  /** The last segment of its URI: "header", "custom-properties". */
  readonly type: string
  /** The name of the part that it leads to. */
  readonly target: string
}

interface NewPart {
  readonly name: string
  readonly contentType: string
  readonly xml: string
}

const relationshipsType = 'application/vnd.openxmlformats-package.relationships+xml'
const relationshipsRoot =
  '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** Names of parts are compared without regard to case. */
const nameIn = (parts: Package, name: string): string =>
  parts.has(name) ? name : ([...parts.keys()].find((one) => one.toLowerCase() === name.toLowerCase()) ?? name)

export const xmlOf = (parts: Package, name: string): string => new TextDecoder().decode(parts.get(name))

export const withXml = (parts: Package, name: string, xml: string): Package =>
  new Map([...parts, [name, Buffer.from(xml)]])

const elementsOf = (parts: Package, name: string, element: string): ReadonlyArray<XmlElement> => {
  const elements = xmlElements(xmlOf(parts, name))
  if (O.isNone(elements)) throw new Error(`${name} is not plain markup`)
  return elements.value.filter((one) => one.name === element)
}

const relationshipsPart = (parts: Package, source: string): string =>
  nameIn(parts, posix.join(posix.dirname(source), '_rels', `${posix.basename(source)}.rels`))

/** The name that a target has in the package, seen from the part that names it. */
export const resolve = (source: string, target: string): string =>
  posix.join(target.startsWith('/') ? '' : posix.dirname(source), target).replace(/^\//, '')

/** What a part leads to inside the package. */
export const relationshipsOf = (parts: Package, source: string): ReadonlyArray<Relationship> =>
  elementsOf(parts, relationshipsPart(parts, source), 'Relationship')
    .filter(({ attributes }) => attributes.get('TargetMode') !== 'External')
    .map(({ attributes }) => ({
      id: attributes.get('Id') ?? '',
      type: attributes.get('Type')?.split('/').at(-1) ?? '',
      target: nameIn(parts, resolve(source, attributes.get('Target') ?? '')),
    }))

const isDeclared = (parts: Package, name: string): boolean =>
  elementsOf(parts, contentTypesPart, 'Override').some(
    ({ attributes }) => attributes.get('PartName')?.toLowerCase() === `/${name}`.toLowerCase(),
  )

/** The first of `<start>1<end>`, `<start>2<end>`… that no part has. */
export const freeName = (parts: Package, start: string, end: string): string => {
  for (let n = 1; ; n += 1) {
    const name = `${start}${n}${end}`
    if (!parts.has(nameIn(parts, name)) && !isDeclared(parts, name)) return name
  }
}

const isDefault = (parts: Package, { name, contentType }: NewPart): boolean =>
  elementsOf(parts, contentTypesPart, 'Default').some(
    ({ attributes }) =>
      name.toLowerCase().endsWith(`.${attributes.get('Extension')?.toLowerCase()}`) &&
      attributes.get('ContentType') === contentType,
  )

const put = (before: Package, part: NewPart): Package => {
  const { name, contentType, xml } = part
  const parts = withXml(before, name, xml)
  if (isDefault(parts, part)) return parts
  const override = (prefix: string) =>
    `<${prefix}Override PartName="/${encodeXml(name)}" ContentType="${contentType}"/>`
  return withXml(parts, contentTypesPart, putIntoRoot(xmlOf(parts, contentTypesPart), override))
}

const withRelationships = (parts: Package, source: string): Package => {
  const name = relationshipsPart(parts, source)
  return parts.has(name)
    ? parts
    : put(parts, { name, contentType: relationshipsType, xml: `${xmlDeclaration}${relationshipsRoot}` })
}

const freeId = (parts: Package, source: string): string => {
  const ids = new Set(
    elementsOf(parts, relationshipsPart(parts, source), 'Relationship').map(({ attributes }) => attributes.get('Id')),
  )
  for (let n = 1; ; n += 1) if (!ids.has(`rIdAdded${n}`)) return `rIdAdded${n}`
}

/** Adds a part that `source` leads to, with its content type; `type` is the relationship's whole URI. */
export const addPart = (
  before: Package,
  source: string,
  type: string,
  part: NewPart,
): { readonly parts: Package; readonly id: string } => {
  const parts = withRelationships(put(before, part), source)
  const id = freeId(parts, source)
  const relationship = (prefix: string) =>
    `<${prefix}Relationship Id="${id}" Type="${type}" Target="/${encodeXml(part.name)}"/>`
  const list = relationshipsPart(parts, source)
  return { parts: withXml(parts, list, putIntoRoot(xmlOf(parts, list), relationship)), id }
}
