import type { Projection } from '../projection'
import { upsert } from '../upsert'
import { catalogPrefixes, catalogRows, projectCatalog } from './project'
import type { CatalogView } from './view'
import {
  connectionsTable,
  templatesTable,
  type TemplateVersionRow,
  templateVersionsTable,
  workflowsTable,
} from './rows'

const workflowRows = upsert(workflowsTable)
const templateRows = upsert(templatesTable)
const templateVersionRows = upsert(templateVersionsTable)
const connectionRows = upsert(connectionsTable)

/** `workflows`, `templates`, `template_versions` and `connections`. */
export const catalogProjection: Projection<CatalogView, TemplateVersionRow> = {
  name: 'catalog',
  version: 2,
  prefixes: catalogPrefixes,
  folding: projectCatalog,
  rows: (changes) => {
    const { workflows, templates, connections } = catalogRows(changes.map(({ view }) => view))
    const versions = changes.flatMap(({ facts }) => facts)
    return [
      ...workflowRows(workflows),
      ...templateRows(templates),
      ...templateVersionRows(versions),
      ...connectionRows(connections),
    ]
  },
}
