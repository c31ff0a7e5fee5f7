import * as O from 'fp-ts/Option'
import { xmlElements } from './xml-elements'

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
