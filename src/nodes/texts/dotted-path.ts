import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as t from 'io-ts'
import type { Json } from '../../domain/event-store'
import type { JsonObject } from '../../domain/json'

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

/**
 * A copy with these values at these paths, later ones over earlier ones; what stands in the way is replaced. Each object on a path is copied once,
 * however many paths lead through it.
 */
export const withValuesAt = (
  root: JsonObject,
  values: ReadonlyArray<readonly [path: ReadonlyArray<string>, value: Json]>,
): JsonObject => {
  const copies = new WeakSet<object>()
  const copyOf = (json: Json | undefined): Record<string, Json> => {
    const object = asObject(json)
    if (copies.has(object)) return object
    const copy = { ...object }
    copies.add(copy)
    return copy
  }
  const put = (into: Record<string, Json>, [key, ...rest]: ReadonlyArray<string>, value: Json): void => {
    if (key === undefined) return
    if (rest.length === 0) {
      into[key] = value
      return
    }
    const below = copyOf(Object.hasOwn(into, key) ? into[key] : undefined)
    into[key] = below
    put(below, rest, value)
  }
  const whole = copyOf(root)
  for (const [path, value] of values) put(whole, path, value)
  return whole
}
