import type { Execution } from '../../domain/execution/state'
import { revision } from '../../domain/position'
import type { DocumentRow } from './rows'

const time = (text: string | null | undefined): Date | null => (typeof text === 'string' ? new Date(text) : null)

/** The documents that a run has made so far; one that was made again under its id counts once. */
export const documentsOf = ({ executionId, organizationId, documents }: Execution): ReadonlyArray<DocumentRow> =>
  [
    ...new Map(documents.filter(({ reused }) => !reused).map((document) => [document.document_id, document])).values(),
  ].map((document, number) => ({
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
    expires_at: time(document.expires_at),
    expired_at: time(document.expired_at),
    number,
    revision: revision(document.expired_at === undefined ? 0n : 1n),
  }))
