'use strict'

exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE open_executions (
      execution_id uuid PRIMARY KEY,
      organization_id uuid NOT NULL,
      is_over boolean NOT NULL,
      lingers boolean NOT NULL,
      changed_at timestamptz NOT NULL
    )
  `)

exports.down = (knex) => knex.raw('DROP TABLE open_executions')
