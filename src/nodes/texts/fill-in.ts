import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import { escaped } from '../../domain/html'
import type { References } from '../steps/step-run'
import { remembered, sealedLiquid } from './liquid'
import type { Path } from './liquid-variables'
import { lookUp, reasonOf, variablesOf } from './references'

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
