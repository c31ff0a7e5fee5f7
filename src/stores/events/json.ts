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

type Below = { readonly at: string; readonly reason: string }

const within = (value: object, above: object[]): Below | undefined => {
  if (above.includes(value)) return { at: '', reason: 'contains itself' }
  if (above.length >= maxDepth) return { at: '', reason: `is nested deeper than ${maxDepth}` }
  if (!isPlain(value)) return { at: '', reason: 'is neither a plain object nor an array' }
  above.push(value)
  const bad = Array.isArray(value) ? inItems(value, above) : inFields(value, above)
  above.pop()
  return bad
}

const inItems = (list: ReadonlyArray<unknown>, above: object[]): Below | undefined => {
  for (let index = 0; index < list.length; index += 1) {
    const bad = find(list[index], above)
    if (bad !== undefined) return { ...bad, at: `[${index}]${bad.at}` }
  }
  return undefined
}

const inFields = (value: object, above: object[]): Below | undefined => {
  for (const key of Object.keys(value)) {
    const badKey = unsafeText(key)
    if (badKey !== undefined) return { at: '', reason: `has a key that ${badKey}` }
    const bad = find((value as Readonly<Record<string, unknown>>)[key], above)
    if (bad !== undefined) return { ...bad, at: `.${key}${bad.at}` }
  }
  return undefined
}

const find = (value: unknown, above: object[]): Below | undefined => {
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'object') return within(value, above)
  const reason =
    typeof value === 'string'
      ? unsafeText(value)
      : typeof value === 'number'
        ? whyNotNumber(value)
        : `is ${value === undefined ? 'undefined' : `a ${typeof value}`}`
  return reason === undefined ? undefined : { at: '', reason }
}

/** The first place where `value` would be lost, changed or refused as JSON, or undefined. */
export const whyNotJson = (value: unknown, path: string): NotJson | undefined => {
  const bad = find(value, [])
  return bad === undefined ? undefined : { path: `${path}${bad.at}`.slice(0, 200), reason: bad.reason }
}
