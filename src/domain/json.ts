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
  const merged = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    const before = Object.hasOwn(target, key) ? target[key] : undefined
    if (value === null) Reflect.deleteProperty(merged, key)
    else merged[key] = isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value
  }
  return merged
}
