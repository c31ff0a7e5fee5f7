import * as E from 'fp-ts/Either'
import { identity, pipe } from 'fp-ts/function'
import * as RA from 'fp-ts/ReadonlyArray'
import * as t from 'io-ts'

type Props = t.Props
type ExactOf<R extends Props, O extends Props> = { readonly [K in keyof R]: t.TypeOf<R[K]> } & {
  readonly [K in keyof O]?: t.TypeOf<O[K]>
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

type Validated = t.Validation<ReadonlyArray<[string, unknown]>>

const field =
  (u: Readonly<Record<string, unknown>>, required: Props, c: t.Context) =>
  ([key, codec]: [string, t.Mixed]): Validated => {
    const value = Object.hasOwn(u, key) ? u[key] : undefined
    const at = t.appendContext(c, key, codec, value)
    if (value === undefined) return key in required ? t.failure(value, at, 'is missing') : t.success([])
    return pipe(
      codec.validate(value, at),
      E.map((decoded) => [[key, decoded]]),
    )
  }

const stranger =
  (c: t.Context) =>
  (key: string): Validated =>
    t.failure(undefined, t.appendContext(c, key, t.never), 'is not a known field')

const fields = (
  u: Readonly<Record<string, unknown>>,
  required: Props,
  optional: Props,
  c: t.Context,
): t.Validation<Readonly<Record<string, unknown>>> => {
  const known: Props = { ...required, ...optional }
  const strangers = Object.keys(u).filter((key) => !Object.hasOwn(known, key))
  const results = [...Object.entries(known).map(field(u, required, c)), ...strangers.map(stranger(c))]
  const { left, right } = RA.separate(results)
  return left.length > 0 ? t.failures(left.flat()) : t.success(Object.fromEntries(right.flat()))
}

/** An object with these fields and no others; every fault is reported at its own pointer. */
export const exactObject = <R extends Props, O extends Props>(
  name: string,
  required: R,
  optional: O,
): t.Type<ExactOf<R, O>, unknown> => {
  const root: t.Context = [{ key: '', type: t.unknown }]
  return new t.Type<ExactOf<R, O>, unknown>(
    name,
    (u): u is ExactOf<R, O> => isObject(u) && E.isRight(fields(u, required, optional, root)),
    (u, c) =>
      isObject(u)
        ? (fields(u, required, optional, c) as t.Validation<ExactOf<R, O>>)
        : t.failure(u, c, 'must be an object'),
    identity,
  )
}

const refined = <A>(name: string, is: (u: unknown) => u is A, message: string): t.Type<A, unknown> =>
  new t.Type<A, unknown>(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c, message)), t.identity)

const hasControls = (text: string): boolean => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)

/** Text of `min` to `max` characters without control characters; line breaks only when `lines`. */
export const text = (max: number, { min = 1, lines = false } = {}): t.Type<string, unknown> =>
  refined(
    'text',
    (u): u is string =>
      typeof u === 'string' &&
      u.length >= min &&
      u.length <= max &&
      !/\p{Surrogate}/u.test(u) &&
      !hasControls(u) &&
      (lines || !/[\r\n]/.test(u)),
    `must be text of ${min} to ${max} characters${lines ? '' : ' on one line'}, without control characters`,
  )

export const truth: t.Type<boolean, unknown> = refined(
  'boolean',
  (u): u is boolean => typeof u === 'boolean',
  'must be true or false',
)

export const wholeNumber = (min: number, max: number): t.Type<number, unknown> =>
  refined(
    'number',
    (u): u is number => typeof u === 'number' && Number.isInteger(u) && u >= min && u <= max,
    `must be a whole number from ${min} to ${max}`,
  )

/** At most `max` items; the list itself is checked before its items. */
export const listOf = <A>(item: t.Type<A, unknown>, max: number): t.Type<ReadonlyArray<A>, unknown> => {
  const items = t.readonlyArray(item)
  return new t.Type<ReadonlyArray<A>, unknown>(
    'list',
    (u): u is ReadonlyArray<A> => items.is(u) && u.length <= max,
    (u, c) =>
      Array.isArray(u) && u.length > max
        ? t.failure(u, c, `must have at most ${max} items`)
        : (items as t.Type<ReadonlyArray<A>, unknown>).validate(u, c),
    items.encode,
  )
}

/** One of these words. */
export const oneOf = <W extends string>(...words: ReadonlyArray<W>): t.Type<W, unknown> =>
  refined('word', (u): u is W => words.includes(u as W), `must be one of ${words.join(', ')}`)
