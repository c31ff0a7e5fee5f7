import type { Aggregate } from '../../domain/decider'
import { connection, connectionCategory, type Connection } from '../../domain/connection/connection'
import type { Recorded, Revision } from '../../domain/event-store'
import { template, templateCategory, type Template } from '../../domain/template/template'
import { workflowDefinition, workflowDefinitionCategory } from '../../domain/workflow-definition'
import type { Workflow } from '../../domain/workflow-definition/state'
import { decoded } from '../decoded'
import type { Folding } from '../folding'
import type { ConnectionRow, TemplateRow, WorkflowRow } from './rows'

type Dates = { readonly created_at: Date; readonly updated_at: Date; readonly revision: Revision }
type Listed =
  | { readonly kind: 'workflow'; readonly state: Workflow }
  | { readonly kind: 'template'; readonly state: Template }
  | { readonly kind: 'connection'; readonly state: Connection }
export type CatalogView = Listed & Dates

export const catalogPrefixes = [workflowDefinitionCategory, templateCategory, connectionCategory].map(
  (category) => `${category}-`,
)

const next = <State, Command, Event extends { readonly type: string; readonly data: unknown }, Refusal>(
  { codec, evolve, initialState }: Aggregate<State, Command, Event, Refusal>,
  state: State | undefined,
  recorded: Recorded,
): State => evolve(state ?? initialState, decoded(codec)(recorded))

const isOf = ({ stream }: Recorded, category: string): boolean => stream.startsWith(`${category}-`)

const listedAfter = (before: CatalogView | undefined, recorded: Recorded): Listed => {
  if (isOf(recorded, workflowDefinitionCategory)) {
    const state = next(workflowDefinition, before?.kind === 'workflow' ? before.state : undefined, recorded)
    if (state.status !== 'undefined') return { kind: 'workflow', state }
  } else if (isOf(recorded, templateCategory)) {
    const state = next(template, before?.kind === 'template' ? before.state : undefined, recorded)
    if (state.status !== 'unknown') return { kind: 'template', state }
  } else {
    const state = next(connection, before?.kind === 'connection' ? before.state : undefined, recorded)
    if (state.status !== 'unknown') return { kind: 'connection', state }
  }
  throw new Error(`${recorded.stream} begins with ${recorded.type}`)
}

/** Pure: a workflow, template or connection after one more event of its stream. */
export const projectCatalog: Folding<CatalogView, never> = {
  step: (before, recorded) => ({
    view: {
      ...listedAfter(before, recorded),
      created_at: before?.created_at ?? recorded.created,
      updated_at: recorded.created,
      revision: recorded.revision,
    },
    facts: [],
  }),
  isOver: () => false,
}

const dates = ({ created_at, updated_at, revision }: Dates): Dates => ({ created_at, updated_at, revision })

export type CatalogRows = {
  readonly workflows: ReadonlyArray<WorkflowRow>
  readonly templates: ReadonlyArray<TemplateRow>
  readonly connections: ReadonlyArray<ConnectionRow>
}

const workflowRow = ({ workflowId: id, organizationId: organization_id, name, status, version, nodes }: Workflow) => ({
  id,
  organization_id,
  name,
  status,
  version,
  nodes,
})
const templateRow = ({ templateId: id, organizationId: organization_id, name, versions }: Template) => ({
  id,
  organization_id,
  name,
  version: versions.at(-1)?.version ?? 0,
  versions,
})
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
