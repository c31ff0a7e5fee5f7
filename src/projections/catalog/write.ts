import type { Projection } from '../projection'
import { upsert } from '../upsert'
import { catalogPrefixes, catalogRows, type CatalogView, projectCatalog } from './project'
import { connectionsTable, templatesTable, workflowsTable } from './rows'

const workflowRows = upsert(workflowsTable)
const templateRows = upsert(templatesTable)
const connectionRows = upsert(connectionsTable)

/** `workflows`, `templates` and `connections`. */
export const catalogProjection: Projection<CatalogView, never> = {
  name: 'catalog',
  version: 1,
  prefixes: catalogPrefixes,
  folding: projectCatalog,
  rows: (changes) => {
    const { workflows, templates, connections } = catalogRows(changes.map(({ view }) => view))
    return [...workflowRows(workflows), ...templateRows(templates), ...connectionRows(connections)]
  },
}
