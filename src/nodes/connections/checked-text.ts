import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { text } from '../../domain/exact'

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
