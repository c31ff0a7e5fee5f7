import { type ClientBase } from 'pg'
import { columns } from './rows'
import { type EventRecord } from './model'

/** One statement, so one commit: all of the events or none. */
export const insertEvents = async (client: ClientBase, events: ReadonlyArray<EventRecord>): Promise<void> => {
  await client.query({
    name: 'insert-events',
    text: `insert into event_log (${columns}) select * from unnest(
      $1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::boolean[], $7::bigint[], $8::bytea[], $9::bytea[])`,
    values: [
      events.map((event) => event.position),
      events.map((event) => event.stream),
      events.map((event) => event.revision),
      events.map((event) => event.id),
      events.map((event) => event.type),
      events.map((event) => event.isJson),
      events.map((event) => event.created),
      events.map((event) => Buffer.from(event.metadata.buffer, event.metadata.byteOffset, event.metadata.length)),
      events.map((event) => Buffer.from(event.data.buffer, event.data.byteOffset, event.data.length)),
    ],
  })
}
