import type { DocumentRow } from '../../projections/executions/queries'

export const shownDocument = (row: DocumentRow): object => ({
  id: row.id,
  execution_id: row.execution_id,
  step_id: row.step_id,
  status: 'generated',
  file_name: row.file_name,
  content_type: row.content_type,
  size: row.size,
  sha256: row.sha256,
  template_id: row.template_id,
  template_version: row.template_version,
  url: `/api/v1/documents/${row.id}`,
})
