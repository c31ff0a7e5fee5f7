import type { IncomingMessage } from 'node:http'
import { pipe } from 'fp-ts/function'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { readBytes } from '../body/bytes'
import { headerOf } from '../context'
import { badRequest, type RequestError } from '../error'

const expected = 'application/x-www-form-urlencoded'
const formLimit = 65_536

const isForm = (req: IncomingMessage): boolean =>
  headerOf(req, 'content-type')?.split(';')[0]?.trim().toLowerCase() === expected &&
  headerOf(req, 'content-encoding') === undefined

/** The one value of a field; undefined when it is absent or repeated. */
export type Form = (name: string) => string | undefined

/** A form as a browser sends it, of at most 64 kB. */
export const readForm = (req: IncomingMessage): TE.TaskEither<RequestError, Form> =>
  pipe(
    isForm(req) ? TE.right(undefined) : TE.left<RequestError>({ _tag: 'UnsupportedMediaType', expected }),
    TE.chainW(() => readBytes(req, formLimit)),
    TE.chainEitherKW((bytes) =>
      E.tryCatch(
        () => new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
        () => badRequest({ pointer: '', problem: 'is not UTF-8' }),
      ),
    ),
    TE.map((fields): Form => (name) => {
      const [value, ...more] = fields.getAll(name)
      return more.length === 0 ? value : undefined
    }),
  )
