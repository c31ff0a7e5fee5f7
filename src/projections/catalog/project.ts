import type { Aggregate } from '../../domain/decider'
import { connection, connectionCategory, type Connection } from '../../domain/connection'
import type { Recorded } from '../../domain/event-store'
import { template, templateCategory, type Template } from '../../domain/template'
import { ConnectionId } from '../../domain/ids'
import {
  type Node,
  type Workflow,
  workflowDefinition,
  workflowDefinitionCategory,
} from '../../domain/workflow-definition'
import { decoded } from '../decoded'
import type { Folding } from '../folding'
import type { ConnectionRow, TemplateRow, TemplateVersionRow, WorkflowRow } from './rows'
import { type CatalogView, catalogViewAt, type Dates, kindOf, type Listed } from './view'

export const catalogPrefixes = [workflowDefinitionCategory, templateCategory, connectionCategory].map(
  (category) => `${category}-`,
)

const next = <State, Command, Event extends { readonly type: string; readonly data: unknown }, Refusal>(
  { codec, evolve, initialState }: Aggregate<State, Command, Event, Refusal>,
  state: State | undefined,
  recorded: Recorded,
): State => evolve(state ?? initialState, decoded(codec)(recorded))

const listedAfter = (before: CatalogView | undefined, recorded: Recorded): Listed => {
  const kind = kindOf(recorded.stream)
  switch (kind) {
    case 'workflow': {
      const state = next(workflowDefinition, before?.kind === kind ? before.state : undefined, recorded)
      if (state.status !== 'unknown') return { kind, state }
      break
    }
    case 'template': {
      const state = next(template, before?.kind === kind ? before.state : undefined, recorded)
      if (state.status !== 'unknown') return { kind, state }
      break
    }
    case 'connection': {
      const state = next(connection, before?.kind === kind ? before.state : undefined, recorded)
      if (state.status !== 'unknown') return { kind, state }
    }
  }
  throw new Error(`${recorded.stream} begins with ${recorded.type}`)
}

const versionOf = ({ organizationId: organization_id, latest }: Template) => ({
  organization_id,
  version: latest.version,
  file_name: latest.file_name,
  sha256: latest.sha256,
  size: latest.size,
})

const versionsIn = (listed: Listed): ReadonlyArray<TemplateVersionRow> =>
  listed.kind === 'template' ? [{ ...versionOf(listed.state), template_id: listed.state.templateId }] : []

/** Pure: a workflow, template or connection after one more event of its stream; every event of a template's is a version of it. */
export const projectCatalog: Folding<CatalogView, TemplateVersionRow> = {
  step: (before, recorded) => {
    const listed = listedAfter(before, recorded)
    return {
      view: {
        ...listed,
        created_at: before?.created_at ?? recorded.created,
        updated_at: recorded.created,
        revision: recorded.revision,
      },
      facts: versionsIn(listed),
    }
  },
  isOver: () => false,
  viewAt: catalogViewAt,
}

const dates = ({ created_at, updated_at, revision }: Dates): Dates => ({ created_at, updated_at, revision })

export type CatalogRows = {
  readonly workflows: ReadonlyArray<WorkflowRow>
  readonly templates: ReadonlyArray<TemplateRow>
  readonly connections: ReadonlyArray<ConnectionRow>
}

const idsIn = ({ config }: Node): ReadonlyArray<string> =>
  Object.values(config).filter((value) => ConnectionId.is(value))

const workflowRow = ({ workflowId: id, organizationId: organization_id, name, status, version, nodes }: Workflow) => {
  const source = nodes[0]?.config['source_connection_id']
  return {
    id,
    organization_id,
    name,
    status,
    version,
    uses: [...new Set(nodes.flatMap(idsIn))],
    source_connection_id: ConnectionId.is(source) ? source : null,
  }
}
const templateRow = (template: Template) => ({ ...versionOf(template), id: template.templateId, name: template.name })
const connectionRow = ({ connectionId: id, organizationId: organization_id, name, ...rest }: Connection) => ({
  id,
  organization_id,
  name,
  type: rest.connectionType,
  status: rest.status,
  status_since: rest.trouble === undefined ? null : new Date(rest.trouble.since),
  status_fault: rest.trouble?.fault ?? null,
  config: rest.config,
})

export const catalogRows = (views: ReadonlyArray<CatalogView>): CatalogRows => ({
  workflows: views.flatMap((v) => (v.kind === 'workflow' ? [{ ...workflowRow(v.state), ...dates(v) }] : [])),
  templates: views.flatMap((v) => (v.kind === 'template' ? [{ ...templateRow(v.state), ...dates(v) }] : [])),
  connections: views.flatMap((v) => (v.kind === 'connection' ? [{ ...connectionRow(v.state), ...dates(v) }] : [])),
})
