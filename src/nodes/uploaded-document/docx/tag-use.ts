/** One tag as it stands in one part of the document. */
export interface TagUse {
  readonly file: string
  /** Between the delimiters, trimmed, with its prefix. */
  readonly raw: string
  readonly path: string
  readonly kind: 'tag' | 'open' | 'open-inverted' | 'close' | 'raw-xml' | 'unsupported'
}

/** A tag as docxtemplater hands it to its modules. */
export interface ParsedPart {
  readonly type?: string
  readonly module?: string
  value?: string
  readonly raw?: string
  readonly location?: string
  readonly inverted?: boolean
  readonly expandTo?: string
  readonly tag?: string
  readonly text?: boolean
  readonly position?: string
  /** Ours: set on tags inside text elements that cannot hold a line break, such as those of shapes and properties. */
  singleLine?: boolean
}

const kindOf = (part: ParsedPart): TagUse['kind'] => {
  if (part.module === undefined) return 'tag'
  if (part.module === 'rawxml') return 'raw-xml'
  if (part.module !== 'loop') return 'unsupported'
  if (part.location === 'end') return 'close'
  if (part.expandTo !== 'auto') return 'unsupported'
  return part.inverted === true ? 'open-inverted' : 'open'
}

/** The tags of one part; trims their names and marks the single-line ones in place, before docxtemplater pairs them. */
export const readTags = (file: string, parsed: ReadonlyArray<ParsedPart>): ReadonlyArray<TagUse> => {
  let text = 'w:t'
  return parsed.flatMap((part) => {
    if (part.text === true && part.tag !== undefined && part.position === 'start') text = part.tag
    if (part.type !== 'placeholder') return []
    const raw = (part.raw ?? part.value ?? '').trim()
    part.value = (part.value ?? '').trim()
    part.singleLine = text !== 'w:t'
    return [{ file, raw, path: part.value, kind: kindOf(part) }]
  })
}
