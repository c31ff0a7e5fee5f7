import type { Json } from '../../domain/event-store'
import type { JsonObject } from '../../domain/json'

const entriesAtMost = 20
const valueAtMost = 200

const short = (value: Json): boolean => JSON.stringify(value).length <= valueAtMost

/** The first entries of an output whose JSON is at most 200 characters each. */
export const previewOf = (output: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(output)
      .filter(([key, value]) => key.length <= valueAtMost && short(value))
      .slice(0, entriesAtMost),
  )
