'use strict'

exports.up = (knex) =>
  knex.raw(`
    CREATE TABLE workflow_executions (
      id                  uuid PRIMARY KEY,
      organization_id     uuid NOT NULL,
      workflow_id         uuid NOT NULL,
      workflow_name       text NOT NULL,
      workflow_version    integer NOT NULL,
      trigger_type        text NOT NULL,
      status              varchar(20) NOT NULL,
      progress            integer NOT NULL DEFAULT 0,
      current_step        jsonb,
      error_code          text,
      error_params        jsonb,
      last_error_human    text,
      last_error_tech     text,
      preflight_summary   jsonb,
      delivery_state      varchar(20),
      signature_state     varchar(20),
      recommended_actions jsonb NOT NULL,
      phase_metrics       jsonb NOT NULL,
      correlation_id      uuid NOT NULL,
      trace_id            varchar(32),
      created_at          timestamptz(3) NOT NULL,
      started_at          timestamptz(3),
      completed_at        timestamptz(3),
      revision            bigint NOT NULL
    );
    CREATE INDEX idx_executions_newest ON workflow_executions (organization_id, created_at DESC, id DESC);
    CREATE INDEX idx_executions_status ON workflow_executions (organization_id, status, created_at DESC, id DESC);
    CREATE INDEX idx_executions_workflow ON workflow_executions (organization_id, workflow_id, created_at DESC, id DESC);
    CREATE INDEX idx_executions_correlation ON workflow_executions (organization_id, correlation_id);
    CREATE INDEX idx_executions_trace ON workflow_executions (organization_id, trace_id) WHERE trace_id IS NOT NULL;

    CREATE TABLE execution_steps (
      id              uuid PRIMARY KEY,
      execution_id    uuid NOT NULL REFERENCES workflow_executions (id),
      organization_id uuid NOT NULL,
      node_id         uuid NOT NULL,
      step_index      integer NOT NULL,
      step_type       text NOT NULL,
      label           text NOT NULL,
      phase           varchar(20) NOT NULL,
      status          varchar(20) NOT NULL,
      attempt         integer NOT NULL,
      error_code      text,
      error_params    jsonb,
      error_human     text,
      error_tech      text,
      data_in         jsonb,
      data_out        jsonb,
      started_at      timestamptz(3),
      completed_at    timestamptz(3),
      duration_ms     bigint,
      revision        bigint NOT NULL
    );
    CREATE UNIQUE INDEX idx_steps_execution ON execution_steps (execution_id, step_index);

    CREATE TABLE execution_logs (
      id              uuid PRIMARY KEY,
      execution_id    uuid NOT NULL REFERENCES workflow_executions (id),
      step_id         uuid REFERENCES execution_steps (id),
      organization_id uuid NOT NULL,
      revision        bigint NOT NULL,
      number          integer NOT NULL,
      timestamp       timestamptz(3) NOT NULL,
      level           varchar(10) NOT NULL,
      domain          varchar(50) NOT NULL,
      message         jsonb NOT NULL,
      message_human   text NOT NULL,
      message_tech    text,
      correlation_id  uuid NOT NULL
    );
    CREATE UNIQUE INDEX idx_logs_execution ON execution_logs (execution_id, revision, number);
    CREATE INDEX idx_logs_level ON execution_logs (execution_id, level, revision, number);
    CREATE INDEX idx_logs_domain ON execution_logs (execution_id, domain, revision, number);
    CREATE INDEX idx_logs_timestamp ON execution_logs (timestamp)`)

exports.down = (knex) => knex.raw('DROP TABLE execution_logs, execution_steps, workflow_executions')
