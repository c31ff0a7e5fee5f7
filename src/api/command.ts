import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { CommandContext } from '../domain/metadata'
import { othersTurn } from './body/others-turn'
import type { Keyed } from './canonical'
import { commandContext } from './context'
import type { BadRequest } from './error'
import type { Call } from './on'
import { pathOf } from './request'

/**
 * The context of a command that a caller sent: `said` is all of its body that tells one request from another. What comes of a large body is made in
 * steps, and this is one of them: others get their turn after it.
 */
export const contextOf = (
  keyed: Keyed,
  call: Call<unknown, unknown>,
  said: unknown = call.body,
): TE.TaskEither<BadRequest, CommandContext> =>
  pipe(
    TE.fromEither(
      commandContext(call.req, call, call.caller, keyed.hashOfRequest(call.req.method, pathOf(call.req), said)),
    ),
    TE.chainFirst(() => TE.fromTask(othersTurn)),
  )
