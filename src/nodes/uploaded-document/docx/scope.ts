/** An own property or a list's place; undefined, which JSON does not have, when there is none. */
const child = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? (value as ReadonlyArray<unknown>)[Number(key)] : undefined
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

/** `.` is the loop's item itself. */
export const namesOf = (path: string): ReadonlyArray<string> => (path === '.' ? [] : path.split('.'))

export interface Found {
  readonly value: unknown
  /** The place of the scope that it was found in. */
  readonly scope: number
}

/**
 * Mustache's rule (spec 1.4, "dotted names"): the innermost scope that has the first name decides, and the rest is looked up there alone. Own
 * properties only; scopes outermost first.
 */
export const lookup = (names: ReadonlyArray<string>, scopes: ReadonlyArray<unknown>): Found | undefined => {
  const first = names[0]
  if (first === undefined) return scopes.length === 0 ? undefined : { value: scopes.at(-1), scope: scopes.length - 1 }
  for (let scope = scopes.length - 1; scope >= 0; scope -= 1) {
    let value = child(scopes[scope], first)
    if (value === undefined) continue
    for (let n = 1; n < names.length; n += 1) value = child(value, names[n] ?? '')
    return value === undefined ? undefined : { value, scope }
  }
  return undefined
}
