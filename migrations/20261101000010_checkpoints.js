'use strict'

/** No position yet: from the start of the log. */
exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE checkpoints (
      name             text PRIMARY KEY,
      version          integer NOT NULL,
      epoch            bigint NOT NULL,
      commit_position  numeric(20),
      prepare_position numeric(20),
      updated_at       timestamptz(3) NOT NULL DEFAULT now(),
      CHECK ((commit_position IS NULL) = (prepare_position IS NULL))
    )`)

exports.down = (knex) => knex.raw('DROP TABLE checkpoints')
