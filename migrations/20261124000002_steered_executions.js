'use strict'

/** What a run waits for, what it was begun for, whom it goes on for; when its steps could begin; documents that end. */
exports.up = (knex) =>
  knex.raw(`
    ALTER TABLE workflow_executions
      ADD COLUMN waiting_for   jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN requested     varchar(20),
      ADD COLUMN mode          varchar(20) NOT NULL DEFAULT 'live',
      ADD COLUMN until_phase   varchar(20),
      ADD COLUMN stopped_after varchar(20),
      ADD COLUMN retry_of      uuid,
      ADD COLUMN retried_by    uuid;
    ALTER TABLE execution_steps
      ADD COLUMN reused_from   uuid,
      ADD COLUMN ready_at      timestamptz(3),
      ADD COLUMN queue_wait_ms bigint;
    ALTER TABLE execution_documents
      ADD COLUMN expires_at    timestamptz(3),
      ADD COLUMN expired_at    timestamptz(3),
      ADD COLUMN revision      bigint NOT NULL DEFAULT 0`)

exports.down = (knex) =>
  knex.raw(`
    ALTER TABLE workflow_executions
      DROP COLUMN waiting_for, DROP COLUMN requested, DROP COLUMN mode, DROP COLUMN until_phase,
      DROP COLUMN stopped_after, DROP COLUMN retry_of, DROP COLUMN retried_by;
    ALTER TABLE execution_steps DROP COLUMN reused_from, DROP COLUMN ready_at, DROP COLUMN queue_wait_ms;
    ALTER TABLE execution_documents DROP COLUMN expires_at, DROP COLUMN expired_at, DROP COLUMN revision`)
