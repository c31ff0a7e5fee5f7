import type { Knex } from 'knex'
import type { Consumer } from '../../consumers/consumer'
import { postgresCheckpoint } from '../../consumers/postgres-checkpoint'
import { connectionCategory } from '../../domain/connection'
import { executionCategory } from '../../domain/execution'
import { templateCategory } from '../../domain/template'
import { upsert } from '../upsert'
import { auditOf } from './project'
import { auditTable } from './rows'

export const auditName = 'audit'
const auditRows = upsert(auditTable)

/** `audit_events`: every event speaks for itself, so nothing is folded. */
export const auditConsumer = (knex: Knex): Consumer => {
  const checkpoint = postgresCheckpoint(knex, auditName, 1)
  return {
    name: auditName,
    prefixes: [`${executionCategory}-`, `${templateCategory}-`, `${connectionCategory}-`],
    lease: checkpoint,
    apply: async ({ events, position }) => {
      const rows = events.flatMap(auditOf)
      const once = [...new Map(rows.map((row) => [row.id, row])).values()]
      await checkpoint.saveWith(position, auditRows(once))
    },
  }
}
