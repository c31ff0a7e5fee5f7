import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'

/** `next_cursor` names the last item; null when it was the last of all. */
export type Page<Item> = {
  readonly items: ReadonlyArray<Item>
  readonly has_more: boolean
  readonly next_cursor: string | null
}

/** `limit` 1 to 100; `cursor` names the last item seen. */
export type Paging = { readonly limit: number; readonly cursor?: string | undefined }

/** The cursor is no item of this list. */
export type UnknownCursor = { readonly _tag: 'UnknownCursor' }

export type KeysetList<Row, Item> = {
  /** Everything that may be in the list, whatever the filters. */
  readonly whole: Knex.QueryBuilder
  readonly filtered: Knex.QueryBuilder
  /** Columns of a total order, all in one direction; the last is unique in the list. */
  readonly order: ReadonlyArray<string>
  readonly direction: 'asc' | 'desc'
  /** The column that names an item, unique in the list; `id` unless told. */
  readonly name?: string
  readonly item: (row: Row) => Item
}

/** Pages by key: an item is neither lost nor repeated when others come or go, or stand at the same instant. */
export const keysetPage = async <Row extends object, Item>(
  { whole, filtered, order, direction, name = 'id', item }: KeysetList<Row, Item>,
  { limit, cursor }: Paging,
): Promise<E.Either<UnknownCursor, Page<Item>>> => {
  const keys = order.join(', ')
  const query = filtered
    .clone()
    .orderByRaw(order.map((key) => `${key} ${direction}`).join(', '))
    .limit(limit + 1)
  if (cursor !== undefined) {
    const [seen] = (await whole.clone().clearSelect().select(order).where(name, cursor)) as ReadonlyArray<
      Record<string, string | Date>
    >
    if (seen === undefined) return E.left({ _tag: 'UnknownCursor' })
    const values = order.map((key) => seen[key] ?? null)
    const marks = values.map(() => '?').join(', ')
    void query.whereRaw(`(${keys}) ${direction === 'asc' ? '>' : '<'} (${marks})`, values)
  }
  const rows = (await query) as ReadonlyArray<Row>
  const items = rows.slice(0, limit)
  const has_more = rows.length > limit
  const last: Readonly<Record<string, unknown>> | undefined = has_more ? { ...items.at(-1) } : undefined
  const next_cursor = last === undefined ? null : String(last[name])
  return E.right({ items: items.map(item), has_more, next_cursor })
}
