'use strict'

/**
 * Versions of templates are rows of their own, and rows hold what lists show and what is looked for: the ids that a workflow's nodes name, and the
 * connection that starts it. Nodes stand in the log.
 */
exports.up = (knex) =>
  knex.raw(`
    ALTER TABLE templates
      ADD COLUMN file_name text,
      ADD COLUMN sha256    text,
      ADD COLUMN size      integer;

    CREATE TABLE template_versions (
      template_id     uuid NOT NULL,
      organization_id uuid NOT NULL,
      version         integer NOT NULL,
      file_name       text NOT NULL,
      sha256          text NOT NULL,
      size            integer NOT NULL,
      PRIMARY KEY (template_id, version)
    );
    INSERT INTO template_versions (template_id, organization_id, version, file_name, sha256, size)
      SELECT id, organization_id, (one->>'version')::integer, one->>'file_name', one->>'sha256', (one->>'size')::integer
        FROM templates, jsonb_array_elements(versions) AS one;
    UPDATE templates
      SET file_name = versions->-1->>'file_name', sha256 = versions->-1->>'sha256', size = (versions->-1->>'size')::integer;

    ALTER TABLE templates
      ALTER COLUMN file_name SET NOT NULL,
      ALTER COLUMN sha256 SET NOT NULL,
      ALTER COLUMN size SET NOT NULL,
      DROP COLUMN versions;

    ALTER TABLE workflows ADD COLUMN uses jsonb, ADD COLUMN source_connection_id uuid;
    UPDATE workflows SET
      uses = (
        SELECT coalesce(jsonb_agg(DISTINCT field.text), '[]')
          FROM jsonb_array_elements(nodes) AS node, jsonb_each_text(node -> 'config') AS field (name, text)
         WHERE field.text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
      source_connection_id = CASE
        WHEN nodes -> 0 -> 'config' ->> 'source_connection_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        THEN (nodes -> 0 -> 'config' ->> 'source_connection_id')::uuid
      END;
    DROP INDEX workflows_by_source;
    ALTER TABLE workflows ALTER COLUMN uses SET NOT NULL, DROP COLUMN nodes;
    CREATE INDEX workflows_by_use ON workflows USING gin (uses jsonb_path_ops) WHERE status = 'active';
    CREATE INDEX workflows_by_source ON workflows (organization_id, source_connection_id) WHERE status = 'active';
    UPDATE checkpoints SET version = 2 WHERE name = 'catalog'`)

/** What is dropped here is made again from the log. */
exports.down = (knex) =>
  knex.raw(`
    DROP TABLE template_versions;
    DELETE FROM templates;
    ALTER TABLE templates
      DROP COLUMN file_name, DROP COLUMN sha256, DROP COLUMN size,
      ADD COLUMN versions jsonb NOT NULL;
    DELETE FROM workflows;
    ALTER TABLE workflows DROP COLUMN uses, DROP COLUMN source_connection_id, ADD COLUMN nodes jsonb NOT NULL;
    CREATE INDEX workflows_by_source ON workflows (organization_id, (nodes -> 0 -> 'config' ->> 'source_connection_id'))
      WHERE status = 'active';
    UPDATE checkpoints SET version = 1, commit_position = NULL, prepare_position = NULL WHERE name = 'catalog'`)
