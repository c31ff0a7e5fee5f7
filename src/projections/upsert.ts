import type { Knex } from 'knex'

type PgType = 'uuid' | 'text' | 'integer' | 'bigint' | 'numeric' | 'timestamptz' | 'jsonb'
export type Columns<Row> = { readonly [Name in keyof Row & string]: PgType }

export type Table<Row> = {
  readonly name: string
  readonly columns: Columns<Row>
  /** `newer`: a row is replaced by one of a later revision; `once`: a row is written once. Both leave a repeat without effect. */
  readonly write: 'newer' | 'once'
}

/** What PostgreSQL cannot keep in jsonb, NUL and lone surrogates, becomes the replacement character. */
const storable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

const cell = (type: PgType, value: unknown): string | null => {
  if (value === null || value === undefined) return null
  if (type === 'jsonb') return JSON.stringify(value).replace(storable, '$1\\ufffd')
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd')
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString()
  throw new Error(`a ${typeof value} is not a ${type}`)
}

const onConflict = (name: string, columns: ReadonlyArray<string>, write: Table<unknown>['write']): string => {
  if (write === 'once') return 'DO NOTHING'
  const changes = columns.filter((column) => column !== 'id').map((column) => `${column} = excluded.${column}`)
  return `DO UPDATE SET ${changes.join(', ')} WHERE ${name}.revision < excluded.revision`
}

/** Writes the rows in one statement, ordered by id so that writers cannot deadlock. Each id at most once. */
export const upsert =
  <Row extends { readonly id: string }>({ name, columns, write }: Table<Row>) =>
  async (tx: Knex.Transaction, rows: ReadonlyArray<Row>): Promise<void> => {
    if (rows.length === 0) return
    const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))
    const types = Object.entries<PgType>(columns)
    const names = types.map(([column]) => column)
    const casts = types.map(([, type]) => `?::${type}[]`).join(', ')
    // Knex's types know no list with nulls in it.
    const values = types.map(([column, type]) => sorted.map((row) => cell(type, row[column as keyof Row])) as string[])
    await tx.raw(
      `INSERT INTO ${name} (${names.join(', ')}) SELECT * FROM unnest(${casts})
       ON CONFLICT (id) ${onConflict(name, names, write)}`,
      values,
    )
  }
