import { type JsonObject, mayFit } from '../domain/json'

const longest = 65_536

/** What went into a step, as it is shown; the rest is left out when all together passes 64 kB. */
export const dataIn = (always: JsonObject, rest: JsonObject): JsonObject => {
  const all = { ...always, ...rest }
  return mayFit(all, longest) && Buffer.byteLength(JSON.stringify(all)) <= longest
    ? all
    : { ...always, truncated: true }
}
