import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import * as t from 'io-ts'
import type { Json } from '../domain/event-store'
import { escaped } from '../domain/html'
import { dottedPath, valueAt } from './dotted-path'
import { text } from '../domain/exact'
import { sealedLiquid, tagsOf } from './liquid'
import { remembered } from './remembered'
import type { References } from './step-run'

export type Path = ReadonlyArray<string>
export type ReferenceFault =
  | { readonly _tag: 'MissingValue'; readonly path: string }
  /** Not text, as a list is not; or a template that cannot be filled in. */
  | { readonly _tag: 'UnusableValue'; readonly reason: string }
  /** The node's time was used up before its end. */
  | { readonly _tag: 'OutOfTime' }

const valueMissing = 'a value is missing'

const printed = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Error(value === null || value === undefined ? valueMissing : 'a list or object is not text')
}

const engines = { text: sealedLiquid(printed), html: sealedLiquid(flow(printed, escaped)) }
const parsed = {
  text: remembered(500, (template) => engines.text.parse(template)),
  html: remembered(500, (template) => engines.html.parse(template)),
}

const staticPart = (segments: ReadonlyArray<unknown>): Path => {
  const dynamic = segments.findIndex((segment) => typeof segment === 'object')
  return (dynamic < 0 ? segments : segments.slice(0, dynamic)).map(String)
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 300) : 'unusable')

/** Paths that a template refers to, the names of its own loops left out. */
export const variablesOf: (template: string) => E.Either<string, ReadonlyArray<Path>> = remembered(200, (template) =>
  E.tryCatch(() => {
    const tags = tagsOf(template)
    engines.text.parse(template)
    return engines.text.globalVariableSegmentsSync(engines.text.parse(tags)).map(staticPart)
  }, reasonOf),
)

/** Steps that a template refers to, by position. */
export const stepsIn = (template: string): ReadonlyArray<string> =>
  pipe(
    variablesOf(template),
    E.getOrElse((): ReadonlyArray<Path> => []),
  ).flatMap(([root, position]) => (root === 'step' && position !== undefined ? [position] : []))

const problemOf = ([root, position]: Path): ReadonlyArray<string> => {
  if (root === 'trigger') return []
  if (root !== 'step') return ['may refer to trigger.<path> and step.<position>.<path> only']
  return position !== undefined && /^[1-9]\d?$/.test(position) ? [] : ['must name a step by its position']
}

/** `trigger.client.name`, bare or between braces. */
export const pathOfSource = (source: string): Path => source.replace(/^\{\{\s*|\s*\}\}$/g, '').split('.')

const longestSource = 300

export const sourceField = new t.Type<string, unknown>(
  'source_field',
  t.string.is,
  (u, c) => {
    if (typeof u !== 'string' || u.length > longestSource || !dottedPath.is(pathOfSource(u).join('.')))
      return t.failure(u, c, 'must be a dotted path')
    const path = pathOfSource(u)
    const problem =
      problemOf(path)[0] ?? (path[0] === 'step' && path.length < 3 ? 'must name a field of the step' : undefined)
    return problem === undefined ? t.success(path.join('.')) : t.failure(u, c, problem)
  },
  t.identity,
)

const stored = 'stored'

/** A configuration that was found good before it was stored: its templates are not read again, which may take long. */
export const decodeStored = <A>(codec: t.Type<A, unknown>, config: unknown): t.Validation<A> =>
  codec.validate(config, [{ key: '', type: codec, actual: stored }])

const isStored = ([root]: t.Context): boolean => root?.actual === stored

/** Text with `{{trigger.<path>}}` and `{{step.<position>.<path>}}` in Liquid, of at most `max` characters. */
export const templateText = (max: number, options: { readonly min?: number; readonly lines?: boolean } = {}) => {
  const plain = text(max, options)
  return new t.Type<string, unknown>(
    'template',
    t.string.is,
    (u, c) =>
      pipe(
        plain.validate(u, c),
        E.chain((template) =>
          isStored(c)
            ? t.success(template)
            : pipe(
                variablesOf(template),
                E.match(
                  (reason) => t.failure(u, c, `is not a template: ${reason}`),
                  (paths) =>
                    pipe(paths.flatMap(problemOf), ([problem]) =>
                      problem === undefined ? t.success(template) : t.failure(u, c, problem),
                    ),
                ),
              ),
        ),
      ),
    t.identity,
  )
}

export const lookUp = (references: References, path: Path): O.Option<Json> =>
  valueAt({ trigger: references.trigger, step: references.step }, path)

const isAbsent =
  (references: References) =>
  (path: Path): boolean =>
    pipe(
      lookUp(references, path),
      O.filter((value) => value !== null),
      O.isNone,
    )

/** Whether it is for one of these that a template could not be filled in: an absent value may also be one that it can do without. */
const isFor = (absent: ReadonlyArray<string>, error: unknown): boolean => {
  const reason = reasonOf(error)
  const variable = /^undefined variable: (.*?), line:\d+/.exec(reason)?.[1]
  return variable === undefined
    ? reason.startsWith(valueMissing)
    : absent.some((path) => path === variable || path.startsWith(`${variable}.`))
}

/** Every value a template needs and does not find, when it cannot be filled in for that; else what hinders it. */
const faultsOf = (template: string, references: References, error: unknown): ReadonlyArray<ReferenceFault> => {
  const absent = pipe(
    variablesOf(template),
    E.getOrElse((): ReadonlyArray<Path> => []),
  )
    .filter(isAbsent(references))
    .map((path) => path.join('.'))
  return absent.length > 0 && isFor(absent, error)
    ? absent.map((path) => ({ _tag: 'MissingValue', path }))
    : [{ _tag: 'UnusableValue', reason: reasonOf(error) }]
}

/** What a node's texts are filled in with, and in what time: all of them together have it. */
export type Filling = {
  readonly references: References
  /** What is left of the node's time, ms. */
  readonly msLeft: () => number
}

/** Time that begins now. */
export const timeOf = (ms: number): Filling['msLeft'] => {
  const end = performance.now() + ms
  return () => end - performance.now()
}

/** Fills a template in; `html` escapes the values. A value that is missing, null or not text is a fault, as is the end of the node's time. */
export const fillIn =
  (into: 'text' | 'html') =>
  ({ references, msLeft }: Filling) =>
  (template: string): E.Either<ReadonlyArray<ReferenceFault>, string> => {
    const renderLimit = msLeft()
    if (renderLimit <= 0) return E.left([{ _tag: 'OutOfTime' }])
    return E.tryCatch(
      () =>
        String(
          engines[into].renderSync(
            parsed[into](template),
            { trigger: references.trigger, step: references.step },
            { renderLimit },
          ),
        ),
      (error) => (msLeft() <= 0 ? [{ _tag: 'OutOfTime' }] : faultsOf(template, references, error)),
    )
  }
