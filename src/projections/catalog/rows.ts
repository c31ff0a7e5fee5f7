import type { ConnectionStatus } from '../../domain/connection/connection'
import type { Revision } from '../../domain/event-store'
import type { Fault } from '../../domain/fault'
import type { ConnectionId, OrganizationId, TemplateId, WorkflowId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { TemplateVersion } from '../../domain/template/version'
import type { Node } from '../../domain/workflow-definition/node'
import type { WorkflowStatus } from '../../domain/workflow-definition/state'
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
  readonly nodes: ReadonlyArray<Node>
}
/** `version` is the last of `versions`. */
export type TemplateRow = Listed<TemplateId> & {
  readonly version: number
  readonly versions: ReadonlyArray<TemplateVersion>
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
  columns: { ...listed, status: 'text', version: 'integer', nodes: 'jsonb' },
}
export const templatesTable: Table<TemplateRow> = {
  name: 'templates',
  write: 'newer',
  columns: { ...listed, version: 'integer', versions: 'jsonb' },
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
