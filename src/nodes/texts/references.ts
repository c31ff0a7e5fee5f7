import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as O from 'fp-ts/Option'
import * as t from 'io-ts'
import type { Json } from '../../domain/event-store'
import { dottedPath, valueAt } from './dotted-path'
import { text } from '../../domain/exact'
import { remembered, sealedLiquid } from './liquid'
import { hasTags, tagsIn } from './liquid-tags'
import { globalPaths, type Path } from './liquid-variables'
import type { References } from '../steps/step-run'

const engine = sealedLiquid(String)

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 300) : 'unusable')

const mostInTags = 10_000

const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length

/** A fault is told at its place in the whole. */
const parseTags = (tags: string, template: string) => {
  try {
    return engine.parse(tags)
  } catch (error) {
    engine.parse(template)
    throw error
  }
}

const pathsIn = (template: string): ReadonlyArray<Path> => {
  const { tags, unclosed } = tagsIn(template, mostInTags)
  if (tags.length > mostInTags) throw new Error(`has more than ${mostInTags} characters in tags`)
  if (unclosed !== undefined) throw new Error(`a tag in line ${lineAt(template, unclosed)} is not closed`)
  return globalPaths(parseTags(tags, template))
}

const none: E.Either<string, ReadonlyArray<Path>> = E.right([])
const analysed = remembered(200, (template) => E.tryCatch(() => pathsIn(template), reasonOf))

/** Paths that a template refers to, the names of its own loops left out. */
export const variablesOf = (template: string): E.Either<string, ReadonlyArray<Path>> =>
  hasTags(template) ? analysed(template) : none

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
