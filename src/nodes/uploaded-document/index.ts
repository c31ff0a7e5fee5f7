import type { NodeType } from '../contract'
import { check } from './check'
import { UploadedDocumentConfig } from './config'
import { execute } from './execute'
import { fill, type Filled } from './fill'
import { input } from './input'

/** A document from a stored .docx template. */
export const uploadedDocument: NodeType<UploadedDocumentConfig, Filled> = {
  node_type: 'uploaded-document',
  aliases: ['file-upload'],
  kind: 'document',
  phase: 'render',
  attempts: 3,
  timeoutMs: 300_000,
  config: UploadedDocumentConfig,
  missing: {
    template_id: (label) => ({ code: 'template.not_selected', params: { label }, tech: 'template_id is missing' }),
  },
  needs: ({ template_id }) => ({ templates: template_id === undefined ? [] : [template_id], connections: [] }),
  check,
  fill,
  input,
  execute,
}
