import type { Request, RequestHandler, Response } from 'express'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Locale } from '../domain/catalogue/entry'
import type { Role } from '../stores/identity/identity-store'
import type { Answer } from './answer'
import type { Authenticate, Caller } from './auth/authenticate'
import { mayAudit } from './auth/role'
import { type BodyReader } from './body/json'
import { givenCorrelation, headerOf, newTrace, type Trace } from './context'
import type { ApiError } from './error'
import { isHeld } from './etag'
import { askedLocale, readerLocale } from './locale'
import type { Log } from './log'
import { problemOf, type Reader } from './problem/problem'
import { renderProblem } from './problem/render'
import type { Query } from './query'

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

export const searchOf = (req: Request): URLSearchParams =>
  new URLSearchParams(req.originalUrl.split('?').slice(1).join('?'))

/** The path as asked for, without the query, which may hold anything. */
export const pathOf = (req: Request): string => req.originalUrl.split('?')[0] ?? ''

const askedLocaleOf = (req: Request): Locale | undefined =>
  askedLocale(searchOf(req).get('locale'), headerOf(req, 'accept-language'))

const traces = new WeakMap<Request, Trace>()

/** The trace of a request, from its first use on. */
export const traceOf = (req: Request): Trace => {
  const known = traces.get(req)
  if (known !== undefined) return known
  const given = givenCorrelation(req)
  const fresh = newTrace(req)
  const trace = E.isRight(given) && given.right !== undefined ? { ...fresh, correlationId: given.right } : fresh
  traces.set(req, trace)
  return trace
}

const isUnchanged = ({ method, headers }: Request, { status, headers: { ETag } }: Answer): boolean =>
  ETag !== undefined && status === 200 && ['GET', 'HEAD'].includes(method) && isHeld(headers['if-none-match'], ETag)

const send = (res: Response, answer: Answer, { locale }: Reader): void => {
  const { status, headers, body } = answer
  res.status(status).set({ 'Cache-Control': 'private, no-cache', ...headers })
  res.vary('Authorization').vary('X-Organization-ID').vary('Accept-Language')
  if (isUnchanged(res.req, answer)) return void res.status(304).end()
  if ('bytes' in body) return void res.end(body.bytes)
  res.set('Content-Language', locale).json(body.json)
}

/** Answers with a problem (RFC 9457). */
export const sendProblem = (res: Response, error: ApiError, reader: Reader): void => {
  const problem = problemOf(error)
  const body = renderProblem(problem, reader, pathOf(res.req), traceOf(res.req).correlationId)
  res.status(body.status).set({ 'Cache-Control': 'no-store', 'Content-Language': reader.locale, ...problem.headers })
  res.vary('Accept-Language')
  res.type('application/problem+json').send(JSON.stringify(body))
}

type Known = { readonly locale: Locale; readonly roles: ReadonlyArray<string> }

/** How to speak to who asks: `known` once it is known who that is. */
export const readerOf = (req: Request, known?: Known): Reader => ({
  locale: readerLocale(askedLocaleOf(req), known?.locale),
  showTech: mayAudit.some((role) => known?.roles.includes(role)),
})

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
