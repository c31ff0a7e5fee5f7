import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import { problemsOf } from '../../domain/decode-problems'
import { JsonObject } from '../../domain/json'
import { headerOf } from '../context'
import {
  badRequest,
  type BadRequest,
  type InputProblem,
  type RequestError,
  type TooManyValues,
  type UnsupportedMediaType,
} from '../error'
import { readBytes } from './bytes'
import { othersTurn } from './others-turn'
import { scan } from './scan'
import { holdsMoreValues, mostValues } from './values'

export const jsonLimit = 1_048_576

export type BodyReader<B> = (req: IncomingMessage) => TE.TaskEither<RequestError, B>

const isJson = (contentType: string | undefined): boolean =>
  /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType ?? '')

const isPlain = (encoding: string | undefined): boolean => encoding === undefined || encoding === 'identity'

const checkType = (req: IncomingMessage): E.Either<UnsupportedMediaType, void> =>
  isJson(headerOf(req, 'content-type')) && isPlain(headerOf(req, 'content-encoding'))
    ? E.right(undefined)
    : E.left({ _tag: 'UnsupportedMediaType', expected: 'application/json' })

/** Where the text stops being JSON; the parser's own words quote the text, which may be secret. */
const placeOf = (error: unknown): string => {
  const place = error instanceof Error ? /position \d+(?: \(line \d+ column \d+\))?/.exec(error.message) : null
  return place === null ? '' : ` from ${place[0]}`
}

const decodeText = (bytes: Uint8Array): E.Either<BadRequest, string> =>
  E.tryCatch(
    () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    () => badRequest({ pointer: '', problem: 'is not UTF-8' }),
  )

const parse = (text: string): E.Either<BadRequest, unknown> =>
  E.tryCatch(
    () => JSON.parse(text) as unknown,
    (error) => badRequest({ pointer: '', problem: `is not JSON${placeOf(error)}` }),
  )

const countValues = (bytes: Uint8Array): E.Either<TooManyValues, object> =>
  holdsMoreValues(bytes, mostValues) ? E.left({ _tag: 'TooManyValues', limit: mostValues }) : E.right({})

/** A body that comes from bytes in steps, none of them long: others get their turn in between. */
const valueOf = (bytes: Uint8Array): TE.TaskEither<BadRequest | TooManyValues, unknown> =>
  pipe(
    TE.fromEither(countValues(bytes)),
    TE.bindW('text', () => TE.fromEither(decodeText(bytes))),
    TE.bindW('value', ({ text }) => TE.fromEither(parse(text))),
    TE.chainFirst(() => TE.fromTask(othersTurn)),
    TE.chainFirstW(({ text }) =>
      pipe(
        TE.fromTask(scan(text)),
        TE.chain((problems) => (problems.length === 0 ? TE.right(undefined) : TE.left(badRequest(...problems)))),
      ),
    ),
    TE.chainFirst(() => TE.fromTask(othersTurn)),
    TE.map(({ value }) => value),
  )

/** Problems of a body's inner parts, which `codec` leaves to others. */
type Inner = (value: unknown) => ReadonlyArray<InputProblem>

const decodeWith =
  <B>(codec: t.Type<B, unknown>, inner: Inner) =>
  (value: unknown): E.Either<BadRequest, B> =>
    pipe(
      codec.decode(value),
      E.mapLeft((errors) => badRequest(...problemsOf(errors), ...inner(value))),
    )

/** JSON of at most 1 MiB and 20,000 values, decoded with every problem named by its pointer. */
export const jsonBody =
  <B>(codec: t.Type<B, unknown>, inner: Inner = () => []): BodyReader<B> =>
  (req) =>
    pipe(
      TE.fromEither(checkType(req)),
      TE.chainW(() => readBytes(req, jsonLimit)),
      TE.chainW(valueOf),
      TE.chainEitherKW(decodeWith(codec, inner)),
    )

/** JSON whose bytes were kept, because something else stands in them. */
export const jsonIn =
  <B>(codec: t.Type<B, unknown>) =>
  (bytes: Uint8Array): TE.TaskEither<BadRequest | TooManyValues, B> =>
    pipe(valueOf(bytes), TE.chainEitherKW(decodeWith(codec, () => [])))

const isEmptyObject = (value: unknown): boolean => JsonObject.is(value) && Object.keys(value).length === 0

/** JSON of which every field may be left out: an empty body is `{}`. */
export const optionalBody =
  <B>(codec: t.Type<B, unknown>): BodyReader<B> =>
  (req) =>
    pipe(
      readBytes(req, jsonLimit),
      TE.chainW((bytes) =>
        bytes.length === 0
          ? TE.right({})
          : pipe(
              TE.fromEither(checkType(req)),
              TE.chainW(() => valueOf(bytes)),
            ),
      ),
      TE.chainEitherKW(decodeWith(codec, () => [])),
    )

/** A command that says nothing more: an empty body or `{}`. */
export const noBody: BodyReader<undefined> = (req) =>
  pipe(
    readBytes(req, jsonLimit),
    TE.chainW((bytes) =>
      bytes.length === 0
        ? TE.right(undefined)
        : pipe(
            TE.fromEither(checkType(req)),
            TE.chainW(() => valueOf(bytes)),
            TE.filterOrElseW(isEmptyObject, () =>
              badRequest({ pointer: '', problem: 'must be empty: this command takes no fields' }),
            ),
            TE.map(() => undefined),
          ),
    ),
  )

/** For requests that have no body to read. */
export const ignoreBody: BodyReader<undefined> = () => TE.right(undefined)
