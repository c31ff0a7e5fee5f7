import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as t from 'io-ts'
import type { Json } from '../domain/event-store'
import type { JsonObject } from '../domain/json'

const segment = '[\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}_-]*'
const shape = new RegExp(`^${segment}(?:\\.${segment})*$`, 'u')

const isDottedPath = (u: unknown): u is string =>
  typeof u === 'string' && u.length <= 200 && shape.test(u) && !u.split('.').includes('__proto__')

/** `client.name`, `items.0.price`: what a template's tags may be called. */
export const dottedPath = new t.Type<string, unknown>(
  'path',
  isDottedPath,
  (u, c) => (isDottedPath(u) ? t.success(u) : t.failure(u, c, 'must be a dotted path of letters, digits, "_" and "-"')),
  t.identity,
)

const child = (value: Json, key: string): O.Option<Json> => {
  if (Array.isArray(value))
    return /^\d+$/.test(key) ? O.fromNullable((value as ReadonlyArray<Json>)[Number(key)]) : O.none
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? O.some((value as JsonObject)[key] ?? null)
    : O.none
}

/** The value at a path of own properties and list places. */
export const valueAt = (root: Json, path: ReadonlyArray<string>): O.Option<Json> =>
  path.reduce<O.Option<Json>>(
    (value, key) =>
      pipe(
        value,
        O.chain((json) => child(json, key)),
      ),
    O.some(root),
  )

const asObject = (json: Json | undefined): JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : {}

/** A copy with this value at this path; what stands in the way is replaced. */
export const withValueAt = (root: JsonObject, [key, ...rest]: ReadonlyArray<string>, value: Json): JsonObject => {
  if (key === undefined) return root
  const before = Object.hasOwn(root, key) ? root[key] : undefined
  return { ...root, [key]: rest.length === 0 ? value : withValueAt(asObject(before), rest, value) }
}
