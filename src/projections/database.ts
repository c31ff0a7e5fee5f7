import knex, { type Knex } from 'knex'

/**
 * A pool for what can be made again from the log. `synchronous_commit` is off: a crash of PostgreSQL takes the last rows together with the
 * checkpoint that counts them, and they are made again.
 */
export const readSideDatabase = (url: string, connections = 10, warn?: (message: string) => void): Knex =>
  knex({
    client: 'pg',
    connection: { connectionString: url, options: '-c synchronous_commit=off', application_name: 'docg' },
    pool: { min: 0, max: connections },
    acquireConnectionTimeout: 5_000,
    ...(warn === undefined ? {} : { log: { warn } }),
  })
