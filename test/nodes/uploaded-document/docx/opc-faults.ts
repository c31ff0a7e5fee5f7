import { posix } from 'node:path'
import PizZip from 'pizzip'

const attribute = (tag: string, name: string): string => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''

const tags = (xml: string, name: string): ReadonlyArray<string> =>
  [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}\\s[^>]*>`, 'g'))].map(([tag]) => tag)

const repeated = (values: ReadonlyArray<string>): ReadonlyArray<string> =>
  values.filter((value, n) => values.indexOf(value) !== n)

/** The relationships of one part: the names of the parts that they lead to, by id. */
export const targetsOf = (zip: PizZip, source: string, type = ''): ReadonlyMap<string, string> =>
  new Map(
    tags(
      zip.file(posix.join(posix.dirname(source), '_rels', `${posix.basename(source)}.rels`))?.asText() ?? '',
      'Relationship',
    )
      .filter((tag) => !tag.includes('TargetMode="External"') && attribute(tag, 'Type').endsWith(type))
      .map((tag) => [
        attribute(tag, 'Id'),
        posix.join('/', posix.dirname(source), attribute(tag, 'Target').replace(/^\//, '/../../')).slice(1),
      ]),
  )

const sourceOf = (list: string): string =>
  posix.join(posix.dirname(posix.dirname(list)), posix.basename(list).slice(0, -'.rels'.length))

/** What is wrong with a package: parts without a content type, content types and relationships that lead nowhere, ids given twice. */
export const packageFaults = (docx: Uint8Array): ReadonlyArray<string> => {
  const zip = new PizZip(docx)
  const names = Object.keys(zip.files)
  const types = zip.file('[Content_Types].xml')!.asText()
  const overrides = tags(types, 'Override').map((tag) => attribute(tag, 'PartName').slice(1))
  const defaults = tags(types, 'Default').map((tag) => attribute(tag, 'Extension'))
  const lists = names.filter((name) => name.endsWith('.rels'))
  return [
    ...names
      .filter((name) => name !== '[Content_Types].xml' && !overrides.includes(name))
      .filter((name) => !defaults.includes(name.slice(name.lastIndexOf('.') + 1)))
      .map((name) => `${name} has no content type`),
    ...overrides.filter((name) => !names.includes(name)).map((name) => `the content type of ${name} is for no part`),
    ...repeated(overrides).map((name) => `${name} has two content types`),
    ...lists.flatMap((list) =>
      repeated(tags(zip.file(list)!.asText(), 'Relationship').map((tag) => attribute(tag, 'Id'))).map(
        (id) => `${list} has ${id} twice`,
      ),
    ),
    ...lists.flatMap((list) =>
      [...targetsOf(zip, sourceOf(list)).values()]
        .filter((target) => !names.includes(target))
        .map((target) => `${list} leads to ${target}, which is not there`),
    ),
  ]
}

/** References by relationship id, in the markup of any part, to a relationship that the part does not have. */
export const danglingReferences = (docx: Uint8Array): ReadonlyArray<string> => {
  const zip = new PizZip(docx)
  return zip.file(/\.xml$/).flatMap((file) => {
    const list = zip.file(posix.join(posix.dirname(file.name), '_rels', `${posix.basename(file.name)}.rels`))?.asText()
    const ids = tags(list ?? '', 'Relationship').map((tag) => attribute(tag, 'Id'))
    return [...file.asText().matchAll(/\sr:\w+=["']([^"']*)["']/g)]
      .filter(([, id]) => !ids.includes(id ?? ''))
      .map(([, id]) => `${file.name} refers to ${id}, which it does not have`)
  })
}
