import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import { problemsOf } from '../../domain/decode-problems'
import { headerOf } from '../context'
import { badRequest, type BadRequest, type InputProblem, type RequestError, type UnsupportedMediaType } from '../error'
import { readBytes } from './bytes'
import { scan } from './scan'

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
  pipe(
    E.tryCatch(
      () => JSON.parse(text) as unknown,
      (error) => badRequest({ pointer: '', problem: `is not JSON${placeOf(error)}` }),
    ),
    E.filterOrElse(
      () => scan(text).length === 0,
      () => badRequest(...scan(text)),
    ),
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

/** JSON of at most 1 MiB, decoded with every problem named by its pointer. */
export const jsonBody =
  <B>(codec: t.Type<B, unknown>, inner: Inner = () => []): BodyReader<B> =>
  (req) =>
    pipe(
      TE.fromEither(checkType(req)),
      TE.chainW(() => readBytes(req, jsonLimit)),
      TE.chainEitherKW((bytes) => pipe(decodeText(bytes), E.chain(parse), E.chain(decodeWith(codec, inner)))),
    )

/** JSON of which every field may be left out: an empty body is `{}`. */
export const optionalBody =
  <B>(codec: t.Type<B, unknown>): BodyReader<B> =>
  (req) =>
    pipe(
      readBytes(req, jsonLimit),
      TE.chainEitherKW((bytes) =>
        bytes.length === 0
          ? decodeWith(codec, () => [])({})
          : pipe(
              checkType(req),
              E.chainW(() => decodeText(bytes)),
              E.chainW(parse),
              E.chainW(decodeWith(codec, () => [])),
            ),
      ),
    )

/** A command that says nothing more: an empty body or `{}`. */
export const noBody: BodyReader<undefined> = (req) =>
  pipe(
    readBytes(req, jsonLimit),
    TE.chainEitherKW((bytes) =>
      bytes.length === 0
        ? E.right(undefined)
        : pipe(
            checkType(req),
            E.chainW(() => decodeText(bytes)),
            E.chainW(parse),
            E.filterOrElseW(
              (value) => JSON.stringify(value) === '{}',
              () => badRequest({ pointer: '', problem: 'must be empty: this command takes no fields' }),
            ),
            E.map(() => undefined),
          ),
    ),
  )

/** For requests that have no body to read. */
export const ignoreBody: BodyReader<undefined> = () => TE.right(undefined)
