'use strict'

/** Several processes may run a consumer of one name; each says how its own is. */
exports.up = (knex) =>
  knex.raw(`
    DELETE FROM consumer_health;
    ALTER TABLE consumer_health
      DROP CONSTRAINT consumer_health_pkey,
      ADD COLUMN instance uuid NOT NULL,
      ADD PRIMARY KEY (name, instance)`)

exports.down = (knex) =>
  knex.raw(`
    DELETE FROM consumer_health;
    ALTER TABLE consumer_health
      DROP CONSTRAINT consumer_health_pkey,
      DROP COLUMN instance,
      ADD PRIMARY KEY (name)`)
