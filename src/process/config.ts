import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import { problemsOf } from '../domain/decode-problems'

type Env = Readonly<Record<string, string | undefined>>

/** A variable that must be there. */
export const Text = new t.Type<string, string, unknown>(
  'text',
  t.string.is,
  (u, c) => (typeof u === 'string' && u !== '' ? t.success(u) : t.failure(u, c, 'must be set')),
  t.identity,
)

/** A whole number from `least` to `most`, in decimal. */
export const whole = (least: number, most: number) =>
  new t.Type<number, string, unknown>(
    `a whole number from ${least} to ${most}`,
    t.number.is,
    (u, c) => {
      const n = typeof u === 'string' && /^\d{1,15}$/.test(u) ? Number(u) : NaN
      return n >= least && n <= most ? t.success(n) : t.failure(u, c, `must be a whole number from ${least} to ${most}`)
    },
    String,
  )

/** A variable as `parse` reads it; its left says what it must be. */
export const parsed = <A>(name: string, parse: (text: string) => E.Either<string, A>) =>
  new t.Type<A, string>(
    name,
    (u): u is A => typeof u === 'object',
    (u, c) =>
      pipe(
        typeof u === 'string' && u !== '' ? parse(u) : E.left('must be set'),
        E.match(
          (problem) => t.failure(u, c, problem),
          (a) => t.success(a),
        ),
      ),
    () => '',
  )

/** As `parsed`, for a variable that may be missing or empty. */
export const parsedIfSet = <A>(name: string, parse: (text: string) => E.Either<string, A>) =>
  new t.Type<A | undefined, string>(
    name,
    (u): u is A | undefined => u === undefined || typeof u === 'object',
    (u, c) => {
      const value =
        u === undefined || u === '' ? E.right(undefined) : typeof u === 'string' ? parse(u) : E.left('must be text')
      return E.isLeft(value) ? t.failure(u, c, value.left) : t.success(value.right)
    },
    () => '',
  )

/** The codec, with a text to decode when the variable is missing or empty. */
export const or = <A>(codec: t.Type<A, string>, fallback: string): t.Type<A, string> =>
  new t.Type<A, string, unknown>(
    codec.name,
    (u): u is A => codec.is(u),
    (u, c) => codec.validate(u === undefined || u === '' ? fallback : u, c),
    (a) => codec.encode(a),
  )

/** A variable that may be missing or empty. */
export const Optional = new t.Type<string | undefined, string | undefined, unknown>(
  'optional text',
  (u): u is string | undefined => u === undefined || typeof u === 'string',
  (u) => t.success(typeof u === 'string' && u !== '' ? u : undefined),
  t.identity,
)

/** The configuration, or every problem with it, by variable and without its value. */
export const configOf =
  <A>(codec: t.Type<A, unknown>) =>
  (env: Env): E.Either<ReadonlyArray<string>, A> =>
    pipe(
      codec.decode(env),
      E.mapLeft((errors) => problemsOf(errors).map(({ pointer, problem }) => `${pointer.slice(1)} ${problem}`)),
    )
