'use strict'

/** What became of each attempt at a step. */
exports.up = (knex) => knex.raw(`ALTER TABLE execution_steps ADD COLUMN attempts jsonb NOT NULL DEFAULT '[]'`)

exports.down = (knex) => knex.raw('ALTER TABLE execution_steps DROP COLUMN attempts')
