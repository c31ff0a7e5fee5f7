'use strict'

exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE workflows (
      id               uuid PRIMARY KEY,
      organization_id  uuid NOT NULL,
      name             text NOT NULL,
      status           varchar(20) NOT NULL,
      version          integer NOT NULL,
      nodes            jsonb NOT NULL,
      created_at       timestamptz(3) NOT NULL,
      updated_at       timestamptz(3) NOT NULL,
      revision         bigint NOT NULL
    );
    CREATE INDEX idx_workflows_newest ON workflows (organization_id, created_at DESC, id DESC);

    CREATE TABLE templates (
      id               uuid PRIMARY KEY,
      organization_id  uuid NOT NULL,
      name             text NOT NULL,
      version          integer NOT NULL,
      versions         jsonb NOT NULL,
      created_at       timestamptz(3) NOT NULL,
      updated_at       timestamptz(3) NOT NULL,
      revision         bigint NOT NULL
    );
    CREATE INDEX idx_templates_newest ON templates (organization_id, created_at DESC, id DESC);

    CREATE TABLE connections (
      id               uuid PRIMARY KEY,
      organization_id  uuid NOT NULL,
      name             text NOT NULL,
      type             text NOT NULL,
      status           varchar(20) NOT NULL,
      config           jsonb NOT NULL,
      created_at       timestamptz(3) NOT NULL,
      updated_at       timestamptz(3) NOT NULL,
      revision         bigint NOT NULL
    );
    CREATE INDEX idx_connections_newest ON connections (organization_id, created_at DESC, id DESC)`)

exports.down = (knex) => knex.raw('DROP TABLE workflows, templates, connections')
