'use strict'

/**
 * One process at a time renews a connection's access token: it says so until then at most. Workflows are found by the connection that starts them.
 */
exports.up = (knex) =>
  knex.raw(`
    ALTER TABLE connection_secrets
      ADD COLUMN renewed_by uuid,
      ADD COLUMN renewed_until timestamptz(3);
    CREATE INDEX workflows_by_source ON workflows (organization_id, (nodes -> 0 -> 'config' ->> 'source_connection_id'))
      WHERE status = 'active'`)

exports.down = (knex) =>
  knex.raw(`
    DROP INDEX workflows_by_source;
    ALTER TABLE connection_secrets DROP COLUMN renewed_by, DROP COLUMN renewed_until`)
