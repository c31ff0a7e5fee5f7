import * as t from 'io-ts'
import type { Json } from './event-store'

export type JsonObject = { readonly [key: string]: Json }

/** Values that came from JSON text: their parts are not walked again. */
export const JsonObject = new t.Type<JsonObject>(
  'JsonObject',
  (u): u is JsonObject => typeof u === 'object' && u !== null && !Array.isArray(u),
  (u, c) =>
    typeof u === 'object' && u !== null && !Array.isArray(u)
      ? t.success(u as JsonObject)
      : t.failure(u, c, 'must be an object'),
  t.identity,
)

const isObject = (json: Json | undefined): json is JsonObject => JsonObject.is(json)

/** JSON Merge Patch, RFC 7396: null takes a field away, objects are merged, everything else replaces. */
export const mergePatch = (target: JsonObject, patch: JsonObject): JsonObject => {
  const merged = new Map(Object.entries(target))
  for (const [key, value] of Object.entries(patch)) {
    const before = merged.get(key)
    if (value === null) merged.delete(key)
    else merged.set(key, isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value)
  }
  return Object.fromEntries(merged)
}

const deepest = 200

const leftOf = (value: unknown, left: number, depth: number): number => {
  if (typeof value === 'string') return left - value.length - 2
  if (typeof value !== 'object' || value === null || depth > deepest) return left - 1
  const names = Array.isArray(value) ? undefined : Object.keys(value)
  let rest = left - 1
  for (let index = 0; rest >= 0 && index < (names ?? (value as ReadonlyArray<unknown>)).length; index += 1) {
    const name = names?.[index]
    rest =
      name === undefined
        ? leftOf((value as ReadonlyArray<unknown>)[index], rest - 1, depth + 1)
        : leftOf((value as Readonly<Record<string, unknown>>)[name], rest - name.length - 4, depth + 1)
  }
  return rest
}

/**
 * False when `value` is surely longer than `most` bytes of JSON, found by no more work than so many bytes are worth: one part of it may stand in
 * many places.
 */
export const mayFit = (value: unknown, most: number): boolean => leftOf(value, most, 0) >= 0

const valuesLeft = (value: unknown, left: number): number => {
  if (typeof value !== 'object' || value === null) return left
  const parts: ReadonlyArray<unknown> = Array.isArray(value) ? value : Object.values(value)
  let rest = left - parts.length
  for (let index = 0; rest >= 0 && index < parts.length; index += 1) rest = valuesLeft(parts[index], rest)
  return rest
}

/** Whether `value` has more than `most` fields of objects and items of lists, found by no more work than so many are worth. */
export const hasMoreValues = (value: unknown, most: number): boolean => valuesLeft(value, most) < 0
