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
