import type { Execution } from '../../domain/execution/state'
import type { DocumentRow } from './rows'

/** The documents that a run has made so far; one that was made again under its id counts once. */
export const documentsOf = ({ executionId, organizationId, documents }: Execution): ReadonlyArray<DocumentRow> =>
  [...new Map(documents.map((document) => [document.document_id, document])).values()].map((document, number) => ({
    id: document.document_id,
    execution_id: executionId,
    organization_id: organizationId,
    step_id: document.step_id,
    file_name: document.personal.file_name,
    content_type: document.content_type,
    size: document.size,
    sha256: document.sha256,
    template_id: document.template_id,
    template_version: document.template_version,
    number,
  }))
