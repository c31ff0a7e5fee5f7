/** The whole log is one table. `position` rises in commit order, because a single writer numbers the events. */
export const schemaSql = `
  create table if not exists event_log (
    position bigint primary key check (position > 0),
    stream text collate "C" not null,
    revision bigint not null check (revision >= 0),
    id uuid not null,
    type text collate "C" not null,
    is_json boolean not null,
    created bigint not null,
    metadata bytea not null,
    data bytea not null
  );
  alter table event_log alter column data set storage external;
  create unique index if not exists event_log_stream_revision on event_log (stream, revision);
  create index if not exists event_log_stream_id on event_log (stream, id);
`

/** A btree entry holds at most about 2,700 bytes. */
export const maxStreamNameBytes = 2048

/** Advisory lock of the one server that may write to a database: the letters "evst" and a number. */
export const writerLock = [0x65767374, 1] as const

/** Every query has its index: a plan made while the table is still small must not scan it later. */
export const plannerOptions = '-c enable_seqscan=off -c enable_bitmapscan=off'

/** Of event data in one append, as EventStoreDB 23.10 counts it. */
export const maxAppendBytes = 1024 * 1024

/** A gRPC message: EventStoreDB's 16 MiB for a record, and room for what is around it. */
export const maxMessageBytes = 17 * 1024 * 1024
