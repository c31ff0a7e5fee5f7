'use strict'

/** Who reads on from a checkpoint, and until when; nobody when it is null or past. By the clock of the database. */
exports.up = (knex) => knex.raw('ALTER TABLE checkpoints ADD COLUMN holder uuid, ADD COLUMN held_until timestamptz(3)')

exports.down = (knex) => knex.raw('ALTER TABLE checkpoints DROP COLUMN holder, DROP COLUMN held_until')
