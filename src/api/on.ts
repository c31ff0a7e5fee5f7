import type { Request, RequestHandler } from 'express'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Reader, Role } from '../domain/visibility'
import type { Answer } from './answer'
import type { Authenticate, Caller } from './auth/authenticate'
import type { BodyReader } from './body/json'
import { givenCorrelation, type Trace } from './context'
import type { ApiError } from './error'
import type { Log } from './log'
import type { Query } from './query'
import { readerOf, searchOf, traceOf } from './request'
import { send, sendProblem } from './send'

/** One request, checked: who asks, and what. */
export type Call<Q = object, B = undefined> = Trace &
  Reader & {
    readonly req: Request
    readonly caller: Caller
    readonly query: Q
    readonly body: B
  }
/** A request that is not bound to a caller. */
export type OpenCall<Q = object, B = undefined> = Omit<Call<Q, B>, 'caller'>

type Spec<Q, B> = {
  readonly query: Query<Q>
  readonly body: BodyReader<B>
  /** JSON unless said otherwise; a file is sent whatever the client prefers. */
  readonly produces?: 'json' | 'file'
}
export type Route<Q, B> = Spec<Q, B> & {
  readonly roles: ReadonlyArray<Role>
  readonly handle: (call: Call<Q, B>) => TE.TaskEither<ApiError, Answer>
}
export type OpenRoute<Q, B> = Spec<Q, B> & {
  readonly handle: (call: OpenCall<Q, B>) => TE.TaskEither<ApiError, Answer>
}

type Outcome = { readonly reader: Reader; readonly result: E.Either<ApiError, Answer> }

const accepted = (
  req: Request,
  { produces = 'json' }: Pick<Spec<never, never>, 'produces'>,
): E.Either<ApiError, void> =>
  produces === 'json' && req.accepts(['json', 'application/problem+json']) === false
    ? E.left({ _tag: 'NotAcceptable' })
    : E.right(undefined)

type Deps = { readonly authenticate: Authenticate; readonly log: Log }

/** The only place where a TaskEither is run for HTTP. A rejection is a fault of ours and goes to the error handler. */
export const on = ({ authenticate, log }: Deps) => {
  const read = <Q, B>({ query, body }: Spec<Q, B>, req: Request) =>
    pipe(
      TE.fromEither<ApiError, Q>(query(searchOf(req))),
      TE.bindTo('query'),
      TE.bind('body', () => body(req) as TE.TaskEither<ApiError, B>),
    )

  const opening = <Q, B>(req: Request, { produces = 'json' }: Spec<Q, B>): E.Either<ApiError, void> =>
    pipe(
      givenCorrelation(req),
      E.chainW(() => accepted(req, { produces })),
    )

  const signedIn =
    <Q, B>(route: Route<Q, B>) =>
    async (req: Request): Promise<Outcome> => {
      const caller = await pipe(
        TE.fromEither(opening(req, route)),
        TE.chainW(() => authenticate(req)),
      )()
      if (E.isLeft(caller)) return { reader: readerOf(req), result: caller }
      const reader = readerOf(req, caller.right)
      const mayCall = caller.right.roles.some((role) => route.roles.includes(role))
      const result = await pipe(
        mayCall ? TE.right(undefined) : TE.left<ApiError>({ _tag: 'RoleMissing', allowed: route.roles }),
        TE.chain(() => read(route, req)),
        TE.chain((asked) => route.handle({ ...traceOf(req), ...reader, ...asked, req, caller: caller.right })),
      )()
      return { reader, result }
    }

  const open =
    <Q, B>(route: OpenRoute<Q, B>) =>
    async (req: Request): Promise<Outcome> => {
      const reader = readerOf(req)
      const result = await pipe(
        TE.fromEither(opening(req, route)),
        TE.chain(() => read(route, req)),
        TE.chain((asked) => route.handle({ ...traceOf(req), ...reader, ...asked, req })),
      )()
      return { reader, result }
    }

  const answer =
    (run: (req: Request) => Promise<Outcome>): RequestHandler =>
    async (req, res) => {
      const { reader, result } = await run(req)
      if (res.destroyed) return
      if (E.isRight(result)) {
        send(res, result.right, reader)
        return
      }
      log.refused(traceOf(req), result.left)
      sendProblem(res, result.left, reader)
    }

  return {
    route: <Q, B>(route: Route<Q, B>) => answer(signedIn(route)),
    openRoute: <Q, B>(route: OpenRoute<Q, B>) => answer(open(route)),
  }
}
export type On = ReturnType<typeof on>
