import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import { contentTypesPart } from './content-types'
import { decodeMarkup } from './markup'
import { resolve } from './opc'
import { type Parts } from './unpack'
import { xmlElements } from './xml-elements'
import { attributesOf, isNamed, type XmlTag, xmlTags } from './xml-tags'

/** A relationship of an OPC package (ISO/IEC 29500-2), where it stands in its list. */
export interface Link {
  readonly id: string
  /** Its type's whole URI, as written. */
  readonly type: string
  /** The part that it leads to, as the archive names it; undefined when it leads outside or nowhere. */
  readonly target: string | undefined
  readonly tag: XmlTag
}

/** The relationships of one part. */
export interface LinkList {
  /** The part that holds the list, "word/_rels/document.xml.rels". */
  readonly name: string
  readonly xml: string
  /** The part whose relationships they are, "word/document.xml"; '' for the package's own. */
  readonly source: string
  readonly links: ReadonlyArray<Link>
}

const listName = /^((?:.*\/)?)_rels\/([^/]*)\.rels$/i

const unescaped = (target: string): string => {
  try {
    return decodeURIComponent(target)
  } catch {
    return target
  }
}

const linksIn = (source: string, xml: string, partNamed: (name: string) => string | undefined): ReadonlyArray<Link> =>
  [...xmlTags(xml)]
    .filter((tag) => isNamed('Relationship')(tag) && tag.kind !== 'close')
    .map((tag) => {
      const attributes = attributesOf(xml, tag)
      const isInside = (attributes.get('TargetMode') ?? 'Internal').trim().toLowerCase() === 'internal'
      const path = resolve(source, (attributes.get('Target') ?? '').trim().replace(/[#?].*$/s, ''))
      return {
        id: (attributes.get('Id') ?? '').trim(),
        type: attributes.get('Type') ?? '',
        target: isInside ? (partNamed(path) ?? partNamed(unescaped(path))) : undefined,
        tag,
      }
    })

const plainMarkup = (bytes: Buffer | undefined): O.Option<string> =>
  pipe(
    O.fromNullable(bytes),
    O.chain((given) => O.fromEither(decodeMarkup(given))),
    O.filter((xml) => O.isSome(xmlElements(xml))),
  )

/** Every list of relationships that is plain markup; another one is for the checks to refuse. */
export const linkLists = (parts: Parts): ReadonlyArray<LinkList> => {
  const names = [...parts.keys()]
  // names of parts are compared without regard to case; lists and content types are no parts
  const byName = new Map(
    names.filter((name) => name !== contentTypesPart && !listName.test(name)).map((name) => [name.toLowerCase(), name]),
  )
  const partNamed = (name: string) => byName.get(name.toLowerCase())
  return names.flatMap((name) => {
    const [, folder, base] = listName.exec(name) ?? []
    if (folder === undefined || base === undefined) return []
    const source = partNamed(`${folder}${base}`) ?? `${folder}${base}`
    const xml = plainMarkup(parts.get(name))
    return O.isNone(xml) ? [] : [{ name, xml: xml.value, source, links: linksIn(source, xml.value, partNamed) }]
  })
}
