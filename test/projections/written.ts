import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { Consumer } from '../../src/consumers/consumer'
import type { Recorded } from '../../src/domain/event-store'
import { auditConsumer } from '../../src/projections/audit/write'
import { catalogProjection } from '../../src/projections/catalog/write'
import { executionsProjection } from '../../src/projections/executions/write'
import { projectionConsumer } from '../../src/projections/projection'

const nothingToRead = { readStream: () => () => Promise.resolve(E.right([])) }

const applied = async ({ lease, apply, prefixes }: Consumer, log: ReadonlyArray<Recorded>): Promise<void> => {
  await lease.take()
  const events = log.filter(({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix)))
  const last = log.at(-1)
  if (last !== undefined) await apply({ events, position: last.position })
  await lease.release()
}

/** Projects a whole log in one batch into the tables of all three projections. */
export const written = async (knex: Knex, log: ReadonlyArray<Recorded>): Promise<void> => {
  await applied(projectionConsumer({ knex, store: nothingToRead }, executionsProjection), log)
  await applied(projectionConsumer({ knex, store: nothingToRead }, catalogProjection), log)
  await applied(auditConsumer(knex), log)
}
