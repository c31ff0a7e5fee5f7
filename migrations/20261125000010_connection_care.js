'use strict'

/**
 * Why a connection is not active, and since when. A secret counts for the revision of the event that announced it, so that a late repeat does not bring
 * an older one back; one that was taken away leaves its revision. The audit reads the log once more: it tells of connections now.
 */
exports.up = (knex) =>
  knex.raw(`
    ALTER TABLE connections
      ADD COLUMN status_since timestamptz(3),
      ADD COLUMN status_fault jsonb;
    ALTER TABLE connection_secrets
      ADD COLUMN revision bigint NOT NULL DEFAULT 0,
      ALTER COLUMN key_id DROP NOT NULL,
      ALTER COLUMN nonce DROP NOT NULL,
      ALTER COLUMN ciphertext DROP NOT NULL,
      ALTER COLUMN tag DROP NOT NULL,
      ADD CONSTRAINT connection_secrets_are_whole CHECK (num_nulls(key_id, nonce, ciphertext, tag) IN (0, 4));
    DELETE FROM checkpoints WHERE name = 'audit'`)

exports.down = (knex) =>
  knex.raw(`
    ALTER TABLE connections DROP COLUMN status_since, DROP COLUMN status_fault;
    DELETE FROM connection_secrets WHERE key_id IS NULL;
    ALTER TABLE connection_secrets
      DROP CONSTRAINT connection_secrets_are_whole,
      DROP COLUMN revision,
      ALTER COLUMN key_id SET NOT NULL,
      ALTER COLUMN nonce SET NOT NULL,
      ALTER COLUMN ciphertext SET NOT NULL,
      ALTER COLUMN tag SET NOT NULL`)
