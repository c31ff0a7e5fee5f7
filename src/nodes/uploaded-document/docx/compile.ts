import Docxtemplater, { type DXT } from 'docxtemplater'
import * as E from 'fp-ts/Either'
import PizZip from 'pizzip'
import { type DocxFinding } from './fault'
import { type Parts } from './unpack'
import { readTags, type ParsedPart, type TagUse } from './tag-use'
import { compileErrors } from './compile-errors'

interface Change {
  readonly inspect?: { readonly filePath?: string; readonly parsed?: ReadonlyArray<ParsedPart> }
}

export interface Compiled {
  readonly uses: ReadonlyArray<TagUse>
  /** The template ready to be filled, or docxtemplater's complaints about its markup. */
  readonly document: E.Either<ReadonlyArray<DocxFinding>, Docxtemplater<PizZip>>
}

const tagReader = (uses: Array<TagUse>): DXT.Module => ({
  name: 'TagReader',
  set: ({ inspect }: Change) => {
    if (inspect?.parsed !== undefined) uses.push(...readTags(inspect.filePath ?? '', inspect.parsed))
  },
})

const zipOf = (parts: Parts): PizZip => {
  const zip = new PizZip()
  for (const [name, bytes] of parts) zip.file(name, bytes)
  return zip
}

/** Parses the template; `parser` and further modules serve the filling. Never prints document content. */
export const compile = (
  parts: Parts,
  parser: NonNullable<DXT.Options['parser']> = () => ({ get: () => '' }),
  modules: ReadonlyArray<DXT.Module> = [],
): Compiled => {
  const uses: Array<TagUse> = []
  const document = E.tryCatch(
    () =>
      new Docxtemplater(zipOf(parts), {
        delimiters: { start: '{{', end: '}}' },
        paragraphLoop: true,
        linebreaks: true,
        stripInvalidXMLChars: true,
        errorLogging: false,
        warnFn: () => undefined,
        syntax: { changeDelimiterPrefix: null },
        parser,
        modules: [tagReader(uses), ...modules],
      }),
    compileErrors,
  )
  return { uses, document }
}
