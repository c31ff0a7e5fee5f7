import type { ConnectionStatus } from '../../domain/connection'
import type { Revision } from '../../domain/event-store'
import type { Fault } from '../../domain/fault'
import type { ConnectionId, OrganizationId, TemplateId, WorkflowId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { TemplateVersion } from '../../domain/template'
import type { WorkflowStatus } from '../../domain/workflow-definition'
import type { Columns, Table } from '../upsert'

type Listed<Id> = {
  readonly id: Id
  readonly organization_id: OrganizationId
  readonly name: string
  readonly created_at: Date
  readonly updated_at: Date
  readonly revision: Revision
}

export type WorkflowRow = Listed<WorkflowId> & {
  readonly status: WorkflowStatus
  readonly version: number
  /** Ids that its nodes' configurations name: of templates, connections, whatever else. */
  readonly uses: ReadonlyArray<string>
  /** Of its first node. */
  readonly source_connection_id: string | null
}
export type StoredFile = Pick<TemplateVersion, 'version' | 'file_name' | 'sha256' | 'size'>
/** With its latest version. */
export type TemplateRow = Listed<TemplateId> & StoredFile
export type TemplateVersionRow = StoredFile & {
  readonly template_id: TemplateId
  readonly organization_id: OrganizationId
}
export type ConnectionRow = Listed<ConnectionId> & {
  readonly type: string
  readonly status: ConnectionStatus
  readonly status_since: Date | null
  readonly status_fault: Fault | null
  readonly config: JsonObject
}

const listed = {
  id: 'uuid',
  organization_id: 'uuid',
  name: 'text',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  revision: 'bigint',
} as const satisfies Columns<Listed<string>>

export const workflowsTable: Table<WorkflowRow> = {
  name: 'workflows',
  write: 'newer',
  columns: { ...listed, status: 'text', version: 'integer', uses: 'jsonb', source_connection_id: 'uuid' },
}
const storedFile = {
  version: 'integer',
  file_name: 'text',
  sha256: 'text',
  size: 'integer',
} as const satisfies Columns<StoredFile>

export const templatesTable: Table<TemplateRow> = {
  name: 'templates',
  write: 'newer',
  columns: { ...listed, ...storedFile },
}
export const templateVersionsTable: Table<TemplateVersionRow> = {
  name: 'template_versions',
  write: 'once',
  key: ['template_id', 'version'],
  columns: { template_id: 'uuid', organization_id: 'uuid', ...storedFile },
}
export const connectionsTable: Table<ConnectionRow> = {
  name: 'connections',
  write: 'newer',
  columns: {
    ...listed,
    type: 'text',
    status: 'text',
    status_since: 'timestamptz',
    status_fault: 'jsonb',
    config: 'jsonb',
  },
}
