import * as O from 'fp-ts/Option'
import * as t from 'io-ts'
import { type DocxFinding, finding } from './fault'
import { syntaxError } from './tag-rules'

const properties = t.partial({
  id: t.string,
  xtag: t.string,
  context: t.string,
  closingtag: t.string,
  explanation: t.string,
  errors: t.UnknownArray,
})
const templateError = t.type({ properties })
type Properties = t.TypeOf<typeof properties>

const propertiesOf = (error: unknown): O.Option<Properties> =>
  templateError.is(error) ? O.some(error.properties) : O.none

const notADocument = /^(filetype_|malformed_xml|xlsx_|no_xml_tag_found|mimetype)/

const shownTag = ({ context, closingtag, xtag }: Properties): string =>
  (context ?? (closingtag === undefined ? `{{${(xtag ?? '').trim()}}}` : `{{/${closingtag}}}`)).trim()

const findingOf = (known: Properties): ReadonlyArray<DocxFinding> => {
  const { id, explanation } = known
  if (id === undefined || notADocument.test(id)) return [finding('template.unreadable')]
  // reported by our own rules, whatever stands around the tag
  return id.startsWith('raw_') ? [] : [syntaxError(shownTag(known), id, explanation ?? id)]
}

/** docxtemplater's error as findings: one per fault of the markup, or that the file is no document at all. */
export const compileErrors = (error: unknown): ReadonlyArray<DocxFinding> => {
  const known = propertiesOf(error)
  if (O.isNone(known)) return [finding('template.unreadable')]
  const { errors } = known.value
  return errors === undefined ? findingOf(known.value) : errors.flatMap(compileErrors)
}
