'use strict'

exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE organizations (
      id         uuid PRIMARY KEY,
      name       text NOT NULL,
      locale     varchar(10) NOT NULL DEFAULT 'pt-BR',
      created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
    );

    CREATE TABLE api_keys (
      id              uuid PRIMARY KEY,
      organization_id uuid NOT NULL REFERENCES organizations (id),
      name            text NOT NULL,
      role            varchar(20) NOT NULL CHECK (role IN ('viewer', 'operator', 'auditor', 'admin')),
      sha256          char(64) NOT NULL UNIQUE,
      created_at      timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      revoked_at      timestamptz(3)
    );
    CREATE INDEX idx_api_keys_organization ON api_keys (organization_id, created_at)`)

exports.down = (knex) => knex.raw('DROP TABLE api_keys, organizations')
