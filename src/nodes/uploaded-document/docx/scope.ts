import * as O from 'fp-ts/Option'

/** A value and the dotted path at which it stands in the data. */
export interface Located {
  readonly value: unknown
  readonly at: string
}

const own = (value: unknown, key: string): O.Option<unknown> => {
  if (Array.isArray(value)) return /^\d+$/.test(key) && Number(key) < value.length ? O.some(value[Number(key)]) : O.none
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? O.some((value as Readonly<Record<string, unknown>>)[key])
    : O.none
}

export const step = (from: Located, key: string): O.Option<Located> => {
  const value = own(from.value, key)
  return O.isNone(value) || value.value === undefined
    ? O.none
    : O.some({ value: value.value, at: from.at === '' ? key : `${from.at}.${key}` })
}

/**
 * Mustache's rule (spec 1.4, "dotted names"): the innermost scope that has the first name decides, and the rest is looked up there alone.
 * Own properties only; scopes outermost first.
 */
export const lookup = (path: string, scopes: ReadonlyArray<Located>): O.Option<Located> => {
  if (path === '.') return O.fromNullable(scopes.at(-1))
  const [first = '', ...rest] = path.split('.')
  for (const scope of [...scopes].reverse()) {
    const found = step(scope, first)
    if (O.isSome(found))
      return rest.reduce<O.Option<Located>>((value, key) => (O.isSome(value) ? step(value.value, key) : O.none), found)
  }
  return O.none
}

/** Where a missing value was looked for: the path inside the innermost scope. */
export const missingAt = (path: string, scopes: ReadonlyArray<Located>): string => {
  const innermost = scopes.at(-1)?.at ?? ''
  return innermost === '' || path === '.' ? path : `${innermost}.${path}`
}
