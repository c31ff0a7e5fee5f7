import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import type { Request } from 'express'
import { type NotFound, notFound } from './error'

/** The id in the path. What is no UUID names nothing. */
export const idIn = <A>(req: Request, codec: t.Type<A, string>, name = 'id'): E.Either<NotFound, A> =>
  pipe(
    codec.decode(req.params[name]),
    E.mapLeft(() => notFound),
  )
