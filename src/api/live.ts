import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { LiveTail } from '../projections/live/tail'
import type { Authenticate } from './auth/authenticate'
import { mayRead } from './auth/role'
import type { ApiError } from './error'
import { readerOf } from './request'
import { sendProblem } from './send'
import { type SseRoutes, sseRoutes } from './sse'

type Deps = { readonly tail: LiveTail; readonly authenticate: Authenticate }

/** The live stream's routes, with the same callers and problems as the others. */
export const liveRoutes = ({ tail, authenticate }: Deps): SseRoutes =>
  sseRoutes({
    tail,
    authorize: (req) =>
      pipe(
        authenticate(req),
        TE.filterOrElseW(
          ({ roles }) => roles.some((role) => mayRead.includes(role)),
          (): ApiError => ({ _tag: 'RoleMissing', allowed: mayRead }),
        ),
        TE.map(({ organization, roles, ...caller }) => ({
          organization,
          roles,
          locale: readerOf(req, { ...caller, roles }).locale,
        })),
      )(),
    refuse: (req, res, refusal, viewer) => sendProblem(res, refusal, readerOf(req, viewer)),
  })
