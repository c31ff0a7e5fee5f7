import { type DXT } from 'docxtemplater'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import type PizZip from 'pizzip'
import { compile, type Compiled } from './compile'
import { type DocxFinding, finding, type TemplateFault, templateFault } from './fault'
import { findingsOf, sha256 } from './inspect'
import { limits, megabytes } from './limits'
import { type Package } from './opc'
import { openTemplate } from './open-template'
import { pack } from './pack'
import { lookup, namesOf } from './scope'
import { readTree } from './tag-rules'
import { type ParsedPart } from './tag-use'
import { printed } from './text'
import { walkData } from './walk-data'
import { putWatermark, type Watermark } from './watermark'

export type Data = Readonly<Record<string, unknown>>

/** A filled document; `warnings` tell of values that were null and lists that were empty. */
export interface Rendered {
  readonly bytes: Uint8Array
  readonly size: number
  readonly sha256: string
  readonly warnings: ReadonlyArray<DocxFinding>
}

interface Meter {
  characters: number
}

const tooLong = (): TemplateFault =>
  templateFault(
    finding('data.payload_too_large', { limit: megabytes(limits.outputBytes) }),
    'the filled document is over the output limit',
  )

const failed = (tech: string): TemplateFault => templateFault(finding('render.failed'), tech)

const valueFor = (part: ParsedPart, path: string, scopes: ReadonlyArray<unknown>): unknown => {
  const found = lookup(namesOf(path), scopes)?.value
  if (part.module === 'loop') return found ?? false
  const text = found === undefined ? O.none : printed(found)
  if (O.isNone(text)) throw new Error('a tag without a printable value passed the check of the data')
  return part.singleLine === true ? text.value.replace(/\n/g, ' ') : text.value
}

const parserOf =
  (meter: Meter): NonNullable<DXT.Options['parser']> =>
  (path) => ({
    get: (_scope: unknown, { scopeList, meta }: { scopeList: ReadonlyArray<unknown>; meta: { part: ParsedPart } }) => {
      const value = valueFor(meta.part, path.trim(), scopeList)
      if (typeof value === 'string') meter.characters += value.length
      return value
    },
  })

const meterModule = (meter: Meter): DXT.Module => ({
  name: 'Meter',
  render: (part) => {
    meter.characters += part.value.length
    if (meter.characters > limits.outputCharacters) throw new Error('output limit', { cause: tooLong() })
    return null
  },
})

const faultOf = (error: unknown): TemplateFault => {
  const cause = error instanceof Error ? (error.cause as TemplateFault | undefined) : undefined
  return cause?._tag === 'TemplateFault'
    ? cause
    : failed(error instanceof Error ? `${error.name}: ${error.message}` : 'unknown')
}

const firstOf = (findings: ReadonlyArray<DocxFinding>, tech: string): E.Either<TemplateFault, void> => {
  const [first] = findings
  return first === undefined ? E.right(undefined) : E.left(templateFault(first, tech, findings))
}

const partsOf = (zip: PizZip): Package =>
  new Map(
    Object.values(zip.files)
      .filter(({ dir }) => !dir)
      .map((file) => [file.name, file.asUint8Array()]),
  )

const finish = (parts: Package, watermark: Watermark | undefined): Uint8Array =>
  pack(watermark === undefined ? parts : putWatermark(parts, watermark))

const fill = (compiled: Compiled, data: Data, watermark: Watermark | undefined): E.Either<TemplateFault, Uint8Array> =>
  pipe(
    compiled.document,
    E.mapLeft(() => failed('the template did not compile')),
    E.chain((document) => E.tryCatch(() => finish(partsOf(document.render(data).getZip()), watermark), faultOf)),
    E.filterOrElse((bytes) => bytes.length <= limits.outputBytes, tooLong),
  )

/** Fills the template with JSON data. The same template, data and watermark give the same bytes. */
export const render = (template: Uint8Array, data: Data, watermark?: Watermark): E.Either<TemplateFault, Rendered> => {
  const meter = { characters: 0 }
  return pipe(
    E.Do,
    E.bind('parts', () => openTemplate(template)),
    E.let('compiled', ({ parts }) => compile(parts, parserOf(meter), [meterModule(meter)])),
    E.chainFirst(({ compiled }) => firstOf(findingsOf(compiled), 'the template has errors')),
    E.let('walked', ({ compiled }) => walkData(readTree(compiled.uses).tree, data)),
    E.chainFirst(({ walked }) => firstOf(walked.errors, 'the data does not fit the template')),
    E.bind('bytes', ({ compiled }) => fill(compiled, data, watermark)),
    E.map(({ bytes, walked }) => ({ bytes, size: bytes.length, sha256: sha256(bytes), warnings: walked.warnings })),
  )
}
