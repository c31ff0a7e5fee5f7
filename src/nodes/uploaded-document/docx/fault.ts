/** Codes of the messages (template.*, data.*) and of run time that a template or its data can lead to. */
export type DocxFindingCode =
  | 'template.large_file'
  | 'template.too_large'
  | 'template.unreadable'
  | 'template.syntax_error'
  | 'template.unsafe_content'
  | 'data.unresolved_variable'
  | 'data.invalid_format'
  | 'data.list_expected'
  | 'data.empty_list'
  | 'data.null_value'
  | 'data.payload_too_large'
  | 'render.failed'
  | 'rate_limited'
  | 'timeout'

export interface DocxFinding {
  readonly code: DocxFindingCode
  readonly params: Readonly<Record<string, string>>
}

/** The first finding, a technical text in English without document content, and every finding of the same refusal. */
export interface TemplateFault extends DocxFinding {
  readonly _tag: 'TemplateFault'
  readonly tech: string
  readonly findings: ReadonlyArray<DocxFinding>
}

export const finding = (code: DocxFindingCode, params: Readonly<Record<string, string>> = {}): DocxFinding => ({
  code,
  params,
})

export const templateFault = (
  first: DocxFinding,
  tech: string,
  findings: ReadonlyArray<DocxFinding> = [first],
): TemplateFault => ({
  _tag: 'TemplateFault',
  code: first.code,
  params: first.params,
  tech,
  findings,
})

export const unreadable = (tech: string): TemplateFault => templateFault(finding('template.unreadable'), tech)

export const tooLarge = (limit: string, tech: string): TemplateFault =>
  templateFault(finding('template.too_large', { limit }), tech)
