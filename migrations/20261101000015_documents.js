'use strict'

exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE execution_documents (
      id               uuid PRIMARY KEY,
      execution_id     uuid NOT NULL REFERENCES workflow_executions (id),
      organization_id  uuid NOT NULL,
      step_id          uuid NOT NULL REFERENCES execution_steps (id),
      file_name        text NOT NULL,
      content_type     text NOT NULL,
      size             bigint NOT NULL,
      sha256           varchar(64) NOT NULL,
      template_id      text NOT NULL,
      template_version integer NOT NULL,
      number           integer NOT NULL
    );
    CREATE UNIQUE INDEX idx_documents_execution ON execution_documents (execution_id, number)`)

exports.down = (knex) => knex.raw('DROP TABLE execution_documents')
