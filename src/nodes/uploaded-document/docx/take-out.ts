import * as E from 'fp-ts/Either'
import { contentTypesPart, withoutTypesOf } from './content-types'
import { type Link, type LinkList, linkLists } from './links'
import { decodeMarkup } from './markup'
import { type OfficeExtra, officeExtras } from './office-extras'
import { type Parts } from './unpack'
import { decodeXml, localName } from './xml-elements'
import { withoutElements, type XmlTag, xmlTags } from './xml-tags'

interface Taken {
  readonly list: LinkList
  readonly link: Link
  readonly extra: OfficeExtra
  readonly references: ReadonlyArray<XmlTag>
}

const attribute = /([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g

/** By relationship id: the tags with an attribute of that value that stands in a namespace. */
const referencesTo = (ids: ReadonlySet<string>, xml: string): ReadonlyMap<string, ReadonlyArray<XmlTag>> => {
  const references = new Map<string, Array<XmlTag>>([...ids].map((id) => [id, []]))
  for (const tag of xmlTags(xml))
    for (const [, name = '', double, single] of tag.attributes.matchAll(attribute))
      if (name.includes(':') && !name.startsWith('xmlns:'))
        references.get(decodeXml(double ?? single ?? '').trim())?.push(tag)
  return references
}

const rootOf = (xml: string): string | undefined => {
  for (const { name } of xmlTags(xml)) return localName(name)
  return undefined
}

const extraOf = ({ type }: Link): OfficeExtra | undefined =>
  officeExtras.find(({ relationship }) => relationship.test(type.trim()))

const withOwnId = (links: ReadonlyArray<Link>): ReadonlyArray<Link> => {
  const amounts = new Map<string, number>()
  for (const { id } of links) amounts.set(id, (amounts.get(id) ?? 0) + 1)
  return links.filter(({ id }) => amounts.get(id) === 1)
}

const takenFrom =
  (parts: Parts) =>
  (list: LinkList): ReadonlyArray<Taken> => {
    const wanted = withOwnId(list.links).flatMap((link) => {
      const extra = extraOf(link)
      return extra === undefined ? [] : [{ list, link, extra }]
    })
    if (wanted.length === 0) return []
    const xml = decodeMarkup(parts.get(list.source) ?? Buffer.alloc(0))
    if (E.isLeft(xml)) return []
    const root = rootOf(xml.right)
    const references = referencesTo(new Set(wanted.map(({ link }) => link.id)), xml.right)
    return wanted
      .map((one) => ({ ...one, references: references.get(one.link.id) ?? [] }))
      .filter(({ extra }) => extra.root === undefined || extra.root === root)
      .filter(({ extra, references: tags }) => tags.every(({ name }) => extra.elements.includes(localName(name))))
  }

/** The parts that can be come to from the package, without these relationships. */
const reached = (lists: ReadonlyArray<LinkList>, without: ReadonlySet<Link>): ReadonlySet<string> => {
  const linksOf = new Map(lists.map(({ source, links }) => [source, links]))
  const found = new Set<string>()
  const next = ['']
  for (let source = next.pop(); source !== undefined; source = next.pop())
    for (const link of linksOf.get(source) ?? [])
      if (link.target !== undefined && !without.has(link) && !found.has(link.target)) {
        found.add(link.target)
        next.push(link.target)
      }
  return found
}

/** What only these relationships lead to, with the lists of its own relationships. */
const leftAlone = (lists: ReadonlyArray<LinkList>, taken: ReadonlyArray<Taken>): ReadonlySet<string> => {
  const still = reached(lists, new Set(taken.map(({ link }) => link)))
  const gone = new Set([...reached(lists, new Set())].filter((name) => !still.has(name)))
  return new Set([...gone, ...lists.filter(({ source }) => gone.has(source)).map(({ name }) => name)])
}

const edit = (parts: Map<string, Buffer>, name: string, change: (xml: string) => string): void => {
  const bytes = parts.get(name)
  if (bytes !== undefined) parts.set(name, Buffer.from(change(new TextDecoder().decode(bytes))))
}

const cut = (parts: Map<string, Buffer>, list: LinkList, taken: ReadonlyArray<Taken>): void => {
  const inList = new Set(taken.map(({ link }) => link.tag.start))
  const inSource = new Set(taken.flatMap(({ references }) => references.map(({ start }) => start)))
  const companions = new Set(taken.flatMap(({ extra }) => extra.companions))
  edit(parts, list.name, (xml) => withoutElements(xml, ({ start }) => inList.has(start)))
  if (inSource.size > 0)
    edit(parts, list.source, (xml) =>
      withoutElements(xml, (tag) => inSource.has(tag.start) || companions.has(localName(tag.name))),
    )
}

/** The parts without the extras of an office, and without everything that belonged to them alone; which they were. */
export const takeOut = (before: Parts): { readonly parts: Parts; readonly removed: ReadonlyArray<string> } => {
  const lists = linkLists(before)
  const taken = lists.flatMap(takenFrom(before))
  if (taken.length === 0) return { parts: before, removed: [] }
  const gone = leftAlone(lists, taken)
  const parts = new Map([...before].filter(([name]) => !gone.has(name)))
  for (const list of new Set(taken.map((one) => one.list)))
    cut(
      parts,
      list,
      taken.filter((one) => one.list === list),
    )
  edit(parts, contentTypesPart, (xml) => withoutTypesOf(xml, gone, parts))
  return {
    parts,
    removed: officeExtras.filter((extra) => taken.some((one) => one.extra === extra)).map(({ feature }) => feature),
  }
}
