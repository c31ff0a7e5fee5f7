import * as E from 'fp-ts/Either'
import { identity } from 'fp-ts/function'
import * as t from 'io-ts'
import { mostProblems } from './decode-problems'

type Props = t.Props
type ExactOf<R extends Props, O extends Props> = { readonly [K in keyof R]: t.TypeOf<R[K]> } & {
  readonly [K in keyof O]?: t.TypeOf<O[K]>
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const field = (
  u: Readonly<Record<string, unknown>>,
  key: string,
  codec: t.Mixed,
  isRequired: boolean,
  c: t.Context,
): t.Validation<unknown> => {
  const value = Object.hasOwn(u, key) ? u[key] : undefined
  const at = t.appendContext(c, key, codec, value)
  if (value === undefined) return isRequired ? t.failure(value, at, 'is missing') : t.success(undefined)
  return codec.validate(value, at)
}

const stranger = (key: string, c: t.Context): t.ValidationError => ({
  value: undefined,
  context: t.appendContext(c, key, t.never),
  message: 'is not a known field',
})

const fields = (
  u: Readonly<Record<string, unknown>>,
  required: Props,
  optional: Props,
  c: t.Context,
): t.Validation<Readonly<Record<string, unknown>>> => {
  const known: Props = { ...required, ...optional }
  const errors: t.ValidationError[] = []
  const decoded: Record<string, unknown> = {}
  for (const [key, codec] of Object.entries(known)) {
    if (errors.length >= mostProblems) break
    const result = field(u, key, codec, Object.hasOwn(required, key), c)
    if (E.isLeft(result)) errors.push(...result.left)
    else if (result.right !== undefined) decoded[key] = result.right
  }
  for (const key of Object.keys(u)) {
    if (errors.length >= mostProblems) break
    if (!Object.hasOwn(known, key)) errors.push(stranger(key, c))
  }
  return errors.length > 0 ? t.failures(errors) : t.success(decoded)
}

/** The same with nothing required. */
export type Draft<A> = { readonly [K in keyof A]?: A[K] }

/** `draft` takes what is there as strictly, and does without the rest; `required` are the fields that it may lack. */
export type ExactObject<A> = t.Type<A, unknown> & {
  readonly draft: t.Type<Draft<A>, unknown>
  readonly required: ReadonlyArray<keyof A & string>
}

const exactly = <A>(name: string, required: Props, optional: Props): t.Type<A, unknown> => {
  const root: t.Context = [{ key: '', type: t.unknown }]
  return new t.Type<A, unknown>(
    name,
    (u): u is A => isObject(u) && E.isRight(fields(u, required, optional, root)),
    (u, c) =>
      isObject(u) ? (fields(u, required, optional, c) as t.Validation<A>) : t.failure(u, c, 'must be an object'),
    identity,
  )
}

/** An object with these fields and no others; each fault is reported at its own pointer, and none is looked for after the fiftieth. */
export const exactObject = <R extends Props, O extends Props>(
  name: string,
  required: R,
  optional: O,
): ExactObject<ExactOf<R, O>> =>
  Object.assign(exactly<ExactOf<R, O>>(name, required, optional), {
    draft: exactly<Draft<ExactOf<R, O>>>(`draft of ${name}`, {}, { ...required, ...optional }),
    required: Object.keys(required),
  })

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

export const numberFrom = (min: number, max: number): t.Type<number, unknown> =>
  refined(
    'number',
    (u): u is number => typeof u === 'number' && u >= min && u <= max,
    `must be a number from ${min} to ${max}`,
  )

export const wholeNumber = (min: number, max: number): t.Type<number, unknown> =>
  refined(
    'number',
    (u): u is number => typeof u === 'number' && Number.isInteger(u) && u >= min && u <= max,
    `must be a whole number from ${min} to ${max}`,
  )

const items = <A>(item: t.Type<A, unknown>, list: ReadonlyArray<unknown>, c: t.Context) => {
  const errors: t.ValidationError[] = []
  const decoded: A[] = []
  for (const [index, value] of list.entries()) {
    if (errors.length >= mostProblems) break
    const result = item.validate(value, t.appendContext(c, String(index), item, value))
    if (E.isLeft(result)) errors.push(...result.left)
    else decoded.push(result.right)
  }
  return errors.length > 0 ? t.failures<ReadonlyArray<A>>(errors) : t.success<ReadonlyArray<A>>(decoded)
}

/** At most `max` items; the list itself is checked before its items, and none is looked at after the fiftieth fault. */
export const listOf = <A>(item: t.Type<A, unknown>, max: number): t.Type<ReadonlyArray<A>, unknown> =>
  new t.Type<ReadonlyArray<A>, unknown>(
    'list',
    (u): u is ReadonlyArray<A> => Array.isArray(u) && u.length <= max && u.every(item.is),
    (u, c) => {
      if (!Array.isArray(u)) return t.failure(u, c)
      return u.length > max ? t.failure(u, c, `must have at most ${max} items`) : items(item, u, c)
    },
    (list) => list.map(item.encode),
  )

/** One of these words. */
export const oneOf = <W extends string>(...words: ReadonlyArray<W>): t.Type<W, unknown> =>
  refined('word', (u): u is W => words.includes(u as W), `must be one of ${words.join(', ')}`)

/** Text of at most `max` characters in which `check` finds nothing wrong. */
export const checkedText = (name: string, max: number, check: (value: string) => E.Either<string, unknown>) => {
  const plain = text(max)
  return new t.Type<string, unknown>(
    name,
    t.string.is,
    (u, c) => {
      const valid = plain.validate(u, c)
      if (E.isLeft(valid)) return valid
      const problem = check(valid.right)
      return E.isLeft(problem) ? t.failure(u, c, problem.left) : valid
    },
    t.identity,
  )
}
