'use strict'

/** Credentials of connections, AES-256-GCM; `key_id` names the key that was used, so that keys can be changed. */
exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE connection_secrets (
      organization_id uuid NOT NULL,
      connection_id   uuid NOT NULL,
      key_id          text NOT NULL,
      nonce           bytea NOT NULL CHECK (octet_length(nonce) = 12),
      ciphertext      bytea NOT NULL,
      tag             bytea NOT NULL CHECK (octet_length(tag) = 16),
      updated_at      timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (organization_id, connection_id)
    )`)

exports.down = (knex) => knex.raw('DROP TABLE connection_secrets')
