import { join } from 'node:path'
import type { Knex } from 'knex'

const config = {
  directory: join(__dirname, '..', '..', 'migrations'),
  tableName: 'migrations',
  loadExtensions: ['.js'],
}
const oneAtATime = 7_364_001

/**
 * Brings the schema up to date. Needs two connections. Processes that start together take turns by a lock that dies with its holder; knex's own
 * lock outlives a killed one, so it is freed under ours.
 */
export const migrate = (knex: Knex): Promise<void> =>
  knex.transaction(async (turn) => {
    await turn.raw('SELECT pg_advisory_xact_lock(?)', [oneAtATime])
    await knex.migrate.forceFreeMigrationsLock(config)
    await knex.migrate.latest(config)
  })
