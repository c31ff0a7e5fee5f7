'use strict'

/** How the readers of the log are, as they last said; their processes write it every two seconds. */
exports.up = (knex) =>
  knex.raw(`
    CREATE UNLOGGED TABLE consumer_health (
      name          text PRIMARY KEY,
      state         varchar(20) NOT NULL,
      position      text,
      last_event_at timestamptz(3),
      reason        text,
      updated_at    timestamptz(3) NOT NULL DEFAULT now()
    )`)

exports.down = (knex) => knex.raw('DROP TABLE consumer_health')
