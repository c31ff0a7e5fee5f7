import { type JsonObject, mayFit } from '../../domain/json'

const longest = 65_536

/** What went into a step, as it is shown; the rest is left out when all together passes 64 kB, or when it is text of JSON that does. */
export const dataIn = (always: JsonObject, rest: JsonObject | string): JsonObject => {
  if (typeof rest === 'string')
    return rest.length <= longest ? dataIn(always, JSON.parse(rest) as JsonObject) : { ...always, truncated: true }
  const all = { ...always, ...rest }
  return mayFit(all, longest) && Buffer.byteLength(JSON.stringify(all)) <= longest
    ? all
    : { ...always, truncated: true }
}
