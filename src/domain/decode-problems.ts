import type * as t from 'io-ts'

/** `pointer` is a JSON pointer (RFC 6901). Values are not quoted: they may be secret or personal. */
export type DecodeProblem = { readonly pointer: string; readonly problem: string }

/** As many as an answer tells of one input; no more are looked for. */
export const mostProblems = 50
const longestName = 200

const escaped = (name: string): string =>
  (name.length > longestName ? `${name.slice(0, longestName)}…` : name).replaceAll('~', '~0').replaceAll('/', '~1')

/** A name longer than 200 characters is cut: many problems may stand below it. */
export const pointerTo = (names: ReadonlyArray<string>): string => names.map((name) => `/${escaped(name)}`).join('')

/** Context keys that are not keys of the value: the root, and members of intersections and unions. */
const isOfValue = (entry: t.ContextEntry, parent: t.ContextEntry | undefined): boolean => {
  const tag = (parent?.type as { readonly _tag?: string } | undefined)?._tag
  return entry.key !== '' && tag !== 'IntersectionType' && tag !== 'UnionType'
}

const kindOf = (value: unknown): string =>
  value === undefined ? 'missing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

const problemOf = (error: t.ValidationError): DecodeProblem => {
  const names = error.context.filter((entry, i) => isOfValue(entry, error.context[i - 1])).map((entry) => entry.key)
  const expected = error.context.at(-1)?.type.name ?? 'something else'
  return {
    pointer: pointerTo(names),
    problem: error.message ?? `expected ${expected}, got ${kindOf(error.value)}`,
  }
}

/** Each once, at most 50. */
export const problemsOf = (errors: t.Errors): ReadonlyArray<DecodeProblem> => {
  const distinct = new Map<string, DecodeProblem>()
  for (const error of errors) {
    if (distinct.size >= mostProblems) break
    const problem = problemOf(error)
    distinct.set(JSON.stringify([problem.pointer, problem.problem]), problem)
  }
  return [...distinct.values()]
}
