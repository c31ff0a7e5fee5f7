import type * as t from 'io-ts'

/** `pointer` is a JSON pointer (RFC 6901). Values are not quoted: they may be secret or personal. */
export type DecodeProblem = { readonly pointer: string; readonly problem: string }

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Context keys that are not keys of the value: the root, and members of intersections and unions. */
const isOfValue = (entry: t.ContextEntry, parent: t.ContextEntry | undefined): boolean => {
  const tag = (parent?.type as { readonly _tag?: string } | undefined)?._tag
  return entry.key !== '' && tag !== 'IntersectionType' && tag !== 'UnionType'
}

const kindOf = (value: unknown): string =>
  value === undefined ? 'missing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

const problemOf = (error: t.ValidationError): DecodeProblem => {
  const keys = error.context
    .filter((entry, i) => isOfValue(entry, error.context[i - 1]))
    .map((entry) => escaped(entry.key))
  const expected = error.context.at(-1)?.type.name ?? 'something else'
  return {
    pointer: keys.map((key) => `/${key}`).join(''),
    problem: error.message ?? `expected ${expected}, got ${kindOf(error.value)}`,
  }
}

export const problemsOf = (errors: t.Errors): ReadonlyArray<DecodeProblem> => {
  const all = errors.map(problemOf)
  return all
    .filter((p, i) => all.findIndex((q) => q.pointer === p.pointer && q.problem === p.problem) === i)
    .slice(0, 50)
}
