import type { Projection } from '../projection'
import { upsert } from '../upsert'
import { catalogPrefixes, catalogRows, type CatalogView, projectCatalog } from './project'
import { connectionsTable, templatesTable, workflowsTable } from './rows'

const writeWorkflows = upsert(workflowsTable)
const writeTemplates = upsert(templatesTable)
const writeConnections = upsert(connectionsTable)

/** `workflows`, `templates` and `connections`. */
export const catalogProjection: Projection<CatalogView, never> = {
  name: 'catalog',
  version: 1,
  prefixes: catalogPrefixes,
  folding: projectCatalog,
  write: async (tx, changes) => {
    const { workflows, templates, connections } = catalogRows(changes.map(({ view }) => view))
    await writeWorkflows(tx, workflows)
    await writeTemplates(tx, templates)
    await writeConnections(tx, connections)
  },
}
