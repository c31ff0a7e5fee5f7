import type { Insertion } from '../consumers/postgres-checkpoint'

type PgType = 'uuid' | 'text' | 'integer' | 'bigint' | 'numeric' | 'timestamptz' | 'jsonb'
export type Columns<Row> = { readonly [Name in keyof Row & string]: PgType }

export type Table<Row> = {
  readonly name: string
  readonly columns: Columns<Row>
  /** What is unique; `id` unless told. */
  readonly key?: ReadonlyArray<keyof Row & string>
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

const onConflict = (
  name: string,
  columns: ReadonlyArray<string>,
  key: ReadonlyArray<string>,
  write: Table<unknown>['write'],
): string => {
  if (write === 'once') return 'DO NOTHING'
  const changes = columns.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
  return `DO UPDATE SET ${changes.join(', ')} WHERE ${name}.revision < excluded.revision`
}

/** The rows of a table, ordered by key so that writers cannot deadlock; nothing when there are none. Each key at most once. */
export const upsert = <Row>({ name, columns, key = ['id' as keyof Row & string], write }: Table<Row>) => {
  const types = Object.entries<PgType>(columns)
  const keyOf = (row: Row): string => key.map((column) => String(row[column])).join(' ')
  const names = types.map(([column]) => column)
  const statement = {
    into: `${name} (${names.join(', ')})`,
    from: `unnest(${types.map(([, type]) => `?::${type}[]`).join(', ')})`,
    onConflict: `(${key.join(', ')}) ${onConflict(name, names, key, write)}`,
  }
  return (rows: ReadonlyArray<Row>): ReadonlyArray<Insertion> => {
    if (rows.length === 0) return []
    const sorted = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    const values = types.map(([column, type]) => sorted.map((row) => cell(type, row[column as keyof Row])))
    return [{ ...statement, values }]
  }
}
