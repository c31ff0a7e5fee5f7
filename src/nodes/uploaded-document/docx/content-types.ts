import * as O from 'fp-ts/Option'
import { type Parts } from './unpack'
import { xmlElements } from './xml-elements'
import { attributesOf, isNamed, withoutElements } from './xml-tags'

export const contentTypesPart = '[Content_Types].xml'

const mainType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'

/** Of `[Content_Types].xml`: whether it names a Word document, and the active content it declares. */
export const declaredTypes = (
  xml: string,
): { readonly isDocument: boolean; readonly unsafe: ReadonlyArray<string> } => {
  const elements = xmlElements(xml)
  if (O.isNone(elements)) return { isDocument: false, unsafe: [] }
  const types = elements.value.flatMap(({ attributes }) => attributes.get('ContentType') ?? [])
  return {
    isDocument: types.includes(mainType),
    unsafe: types.flatMap((type) =>
      /macroenabled|vbaproject|vbadata/i.test(type) ? ['macros'] : /activex/i.test(type) ? ['ActiveX'] : [],
    ),
  }
}

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()

/** By the lower-case name of a part: the content type that the package declares for it. */
export const contentTypesOf = (xml: string): ((name: string) => string | undefined) => {
  const elements = xmlElements(xml)
  const declared = O.isSome(elements) ? elements.value : []
  const typesBy = (element: string, key: string) =>
    new Map(
      declared
        .filter(({ name }) => name === element)
        .map(({ attributes }) => [attributes.get(key)?.toLowerCase(), attributes.get('ContentType')]),
    )
  const [overrides, defaults] = [typesBy('Override', 'PartName'), typesBy('Default', 'Extension')]
  return (name) => overrides.get(`/${name}`.toLowerCase()) ?? defaults.get(extensionOf(name))
}

/** What is declared once these parts are gone: their own types, and those of endings that no other part has. */
export const withoutTypesOf = (xml: string, gone: ReadonlySet<string>, left: Parts): string => {
  const names = new Set([...gone].map((name) => `/${name}`.toLowerCase()))
  const used = new Set([...left.keys()].map(extensionOf))
  const unused = new Set([...gone].map(extensionOf).filter((extension) => !used.has(extension)))
  return withoutElements(xml, (tag) => {
    const value = (key: string) => attributesOf(xml, tag).get(key)?.toLowerCase() ?? ''
    return isNamed('Override')(tag)
      ? names.has(value('PartName'))
      : isNamed('Default')(tag) && unused.has(value('Extension'))
  })
}

const templateType = /(["'])application\/vnd\.openxmlformats-officedocument\.wordprocessingml\.template\.main\+xml\1/

/** A template (.dotx) declared as what its documents are; anything else as it is. */
export const asDocument = (xml: string): string => xml.replace(templateType, `$1${mainType}$1`)
