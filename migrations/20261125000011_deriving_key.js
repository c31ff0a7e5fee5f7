'use strict'

/** What hashes of requests, tokens and links are derived from: made once, by the first process that needs it, and sealed like the credentials. */
exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE deriving_key (
      is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
      key_id     text NOT NULL,
      nonce      bytea NOT NULL CHECK (octet_length(nonce) = 12),
      ciphertext bytea NOT NULL,
      tag        bytea NOT NULL CHECK (octet_length(tag) = 16),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    )`)

exports.down = (knex) => knex.raw('DROP TABLE deriving_key')
