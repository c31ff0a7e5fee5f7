import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import { mostProblems } from '../domain/decode-problems'
import type { Position, Revision } from '../domain/event-store'
import { parsePosition, parseRevision } from '../domain/position'
import { type BadRequest, badRequest, type InputProblem } from './error'

type Parsed<A> = E.Either<string, A>
/** A query parameter: what is given is never empty; `many` may repeat. */
export type Parameter<A> = { readonly many: boolean; readonly parse: (given: ReadonlyArray<string>) => Parsed<A> }
type Parameters = Readonly<Record<string, Parameter<unknown>>>
export type QueryOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer A> ? A | undefined : never
}
export type Query<Q> = (search: URLSearchParams) => E.Either<BadRequest, Q>

const single = <A>(parse: (text: string) => Parsed<A>): Parameter<A> => ({
  many: false,
  parse: ([text = '']) => parse(text),
})

export const idParameter = <A>(codec: t.Type<A, string>): Parameter<A> =>
  single((text) =>
    pipe(
      codec.decode(text),
      E.mapLeft(() => 'must be a UUID'),
    ),
  )

const wordOf = <W extends string>(words: ReadonlyArray<W>) =>
  E.fromPredicate(
    (text: string): text is W => (words as ReadonlyArray<string>).includes(text),
    () => `must be one of ${words.join(', ')}`,
  )

export const wordParameter = <W extends string>(words: ReadonlyArray<W>): Parameter<W> => single(wordOf(words))

export const wordsParameter = <W extends string>(words: ReadonlyArray<W>): Parameter<ReadonlyArray<W>> => ({
  many: true,
  parse: E.traverseArray(wordOf(words)),
})

export const patternParameter = (pattern: RegExp, problem: string): Parameter<string> =>
  single(
    E.fromPredicate(
      (text: string) => pattern.test(text),
      () => problem,
    ),
  )

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i

export const timeParameter: Parameter<Date> = single((text) =>
  instant.test(text) && !Number.isNaN(Date.parse(text))
    ? E.right(new Date(text))
    : E.left('must be a time such as 2026-12-23T10:30:00.000Z'),
)

const mostItems = 100

export const limitParameter: Parameter<number> = single((text) =>
  /^[1-9]\d{0,2}$/.test(text) && Number(text) <= mostItems
    ? E.right(Number(text))
    : E.left(`must be a whole number from 1 to ${mostItems}`),
)
export const usualLimit = 50

export const flagParameter: Parameter<boolean> = single((text) =>
  text === 'true' || text === 'false' ? E.right(text === 'true') : E.left('must be true or false'),
)

export const revisionParameter: Parameter<Revision> = single(parseRevision)
export const positionParameter: Parameter<Position> = single(parsePosition)

/** Every reader may say in which language. */
const everywhere = ['locale']

const valuesByName = (search: URLSearchParams): ReadonlyMap<string, ReadonlyArray<string>> => {
  const byName = new Map<string, string[]>()
  for (const [name, value] of search) {
    const values = byName.get(name)
    if (values === undefined) byName.set(name, [value])
    else values.push(value)
  }
  return byName
}

/** The parameters of a route, and no others: an unknown, empty or repeated one is a problem of its own. */
export const query =
  <P extends Parameters>(parameters: P): Query<QueryOf<P>> =>
  (search) => {
    const problems: InputProblem[] = []
    const values: Record<string, unknown> = {}
    for (const [name, given] of valuesByName(search)) {
      if (problems.length >= mostProblems) break
      const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
      if (parameter === undefined) {
        if (!everywhere.includes(name)) problems.push({ parameter: name, problem: 'is not a known parameter' })
      } else if (given.length > 1 && !parameter.many) problems.push({ parameter: name, problem: 'may be given once' })
      else {
        const parsed = parameter.parse(given)
        if (E.isLeft(parsed)) problems.push({ parameter: name, problem: parsed.left })
        else values[name] = parsed.right
      }
    }
    return problems.length === 0 ? E.right(values as QueryOf<P>) : E.left(badRequest(...problems))
  }

export const noQuery = query({})
