'use strict'

exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE audit_events (
      id               uuid PRIMARY KEY,
      organization_id  uuid NOT NULL,
      execution_id     uuid,
      timestamp        timestamptz(3) NOT NULL,
      actor_type       varchar(20) NOT NULL,
      actor_id         varchar(255),
      action           varchar(100) NOT NULL,
      target_type      varchar(50) NOT NULL,
      target_id        uuid NOT NULL,
      event_metadata   jsonb NOT NULL,
      commit_position  numeric(20) NOT NULL,
      prepare_position numeric(20) NOT NULL,
      number           integer NOT NULL
    );
    CREATE INDEX idx_audit_execution
      ON audit_events (execution_id, commit_position DESC, prepare_position DESC, number DESC) WHERE execution_id IS NOT NULL;
    CREATE INDEX idx_audit_org_target ON audit_events (organization_id, target_type, target_id);
    CREATE INDEX idx_audit_timestamp ON audit_events (timestamp);
    CREATE INDEX idx_audit_action ON audit_events (action);

    CREATE FUNCTION audit_events_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$;
    CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OR DELETE ON audit_events
      FOR EACH STATEMENT EXECUTE FUNCTION audit_events_are_kept()`)

exports.down = (knex) => knex.raw('DROP TABLE audit_events; DROP FUNCTION audit_events_are_kept')
