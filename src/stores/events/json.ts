export type NotJson = { readonly path: string; readonly reason: string }

const maxDepth = 200

/** NUL cannot be stored in a PostgreSQL text, a lone surrogate not in UTF-8. */
export const unsafeText = (text: string): string | undefined =>
  text.includes('\0')
    ? 'holds the NUL character'
    : /\p{Surrogate}/u.test(text)
      ? 'holds half a surrogate pair'
      : undefined

const whyNotNumber = (n: number): string | undefined =>
  !Number.isFinite(n)
    ? `is ${n}`
    : Number.isInteger(n) && !Number.isSafeInteger(n)
      ? 'is an integer beyond 2^53, which is rounded on the way; send it as text'
      : undefined

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

const children = (value: object, path: string): Array<readonly [string, unknown, string?]> =>
  Array.isArray(value)
    ? Array.from(value as ReadonlyArray<unknown>, (item, index) => [`${path}[${index}]`, item])
    : Object.entries(value).map(([key, item]) => [`${path}.${key}`, item, key])

/** The first place where `value` would be lost, changed or refused as JSON, or undefined. */
export const whyNotJson = (value: unknown, path: string, above: ReadonlyArray<object> = []): NotJson | undefined => {
  if (value === null || typeof value === 'boolean') return undefined
  const reason =
    typeof value === 'string'
      ? unsafeText(value)
      : typeof value === 'number'
        ? whyNotNumber(value)
        : typeof value !== 'object'
          ? `is ${value === undefined ? 'undefined' : `a ${typeof value}`}`
          : above.includes(value)
            ? 'contains itself'
            : above.length >= maxDepth
              ? `is nested deeper than ${maxDepth}`
              : isPlain(value)
                ? undefined
                : 'is neither a plain object nor an array'
  if (reason !== undefined) return { path: path.slice(0, 200), reason }
  if (typeof value !== 'object') return undefined
  for (const [at, item, key] of children(value, path)) {
    const badKey = key === undefined ? undefined : unsafeText(key)
    const bad =
      badKey === undefined
        ? whyNotJson(item, at, [...above, value])
        : { path: path.slice(0, 200), reason: `has a key that ${badKey}` }
    if (bad !== undefined) return bad
  }
  return undefined
}
