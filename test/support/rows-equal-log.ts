import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import knex from 'knex'
import { executionStream } from '../../src/domain/execution'
import type { ExecutionId } from '../../src/domain/ids'
import { rowsOf } from '../../src/projections/executions/rows-of'
import { executionsTable, logsTable, stepsTable } from '../../src/projections/executions/tables'
import type { Table } from '../../src/projections/upsert'
import { esdbEventStore } from '../../src/stores/events/esdb'
import type { Product } from './product'

/** As PostgreSQL gives them: no bigints, instants as text, in the order of the table's key. */
const plain = (rows: ReadonlyArray<object>): unknown =>
  JSON.parse(JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))

const textual = <Row>({ columns }: Table<Row>, rows: ReadonlyArray<object>): unknown =>
  plain(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(columns).map(([name, type]) => {
          const value = (row as Readonly<Record<string, unknown>>)[name] ?? null
          return [name, type === 'bigint' && typeof value === 'number' ? value.toString() : value]
        }),
      ),
    ),
  )

/** Rebuilds a run's rows from the log alone and compares them with what stands in PostgreSQL, column by column. */
export const expectRowsEqualLog = async (
  product: Pick<Product, 'databaseUrl' | 'eventStoreUrl'>,
  id: ExecutionId,
): Promise<void> => {
  const store = esdbEventStore({ url: product.eventStoreUrl })
  const database = knex({ client: 'pg', connection: product.databaseUrl, pool: { min: 0, max: 1 } })
  try {
    const history = await store.readStream(executionStream(id), { limit: 5_000 })()
    if (E.isLeft(history)) throw new Error(history.left._tag)
    const folded = rowsOf(history.right)
    if (folded === undefined) throw new Error('the run has no history')
    const stored = async <Row>({ name, columns }: Table<Row>, key: string, ...order: ReadonlyArray<string>) =>
      database(name)
        .select(Object.keys(columns))
        .where(key, id)
        .orderBy([...order]) as unknown as Promise<ReadonlyArray<object>>
    expect(textual(executionsTable, await stored(executionsTable, 'id', 'id'))).to.deep.equal(
      textual(executionsTable, [folded.execution]),
    )
    expect(textual(stepsTable, await stored(stepsTable, 'execution_id', 'step_index'))).to.deep.equal(
      textual(
        stepsTable,
        [...folded.steps].sort((a, b) => a.step_index - b.step_index),
      ),
    )
    expect(textual(logsTable, await stored(logsTable, 'execution_id', 'revision', 'number'))).to.deep.equal(
      textual(logsTable, folded.logs),
    )
  } finally {
    await database.destroy()
    await store.close()
  }
}
