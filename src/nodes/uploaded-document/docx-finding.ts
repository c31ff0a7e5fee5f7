import type { Finding } from '../contract'
import type { DocxFinding } from './docx'

/** What the engine found, in the words of the messages; `label` is the step's. */
export const findingOfDocx = (label: string, { code, params }: DocxFinding, tech: string): Finding => {
  const param = (name: string): string => params[name] ?? ''
  switch (code) {
    case 'template.large_file':
    case 'template.unreadable':
    case 'render.failed':
      return { code, params: {}, tech }
    case 'template.too_large':
    case 'data.payload_too_large':
      return { code, params: { limit: param('limit') }, tech }
    case 'template.syntax_error':
      return { code, params: { tag: param('tag') }, tech }
    case 'template.unsafe_content':
      return { code, params: { feature: param('feature') }, tech }
    case 'data.unresolved_variable':
      return { code, params: { path: param('path'), label }, tech }
    case 'data.null_value':
      return { code, params: { path: param('path') }, tech }
    case 'data.invalid_format':
      return { code, params: { field: param('field'), expected: 'text' }, tech }
    case 'data.list_expected':
    case 'data.empty_list':
      return { code, params: { field: param('field') }, tech }
    case 'rate_limited':
      return { code, params: { provider: 'docg' }, tech }
    case 'timeout':
      return { code, params: { label }, tech }
  }
}
