import type * as E from 'fp-ts/Either'
import type { CommandContext } from '../domain/metadata'
import type { Keyed } from './canonical'
import { commandContext } from './context'
import type { BadRequest } from './error'
import type { Call } from './on'
import { pathOf } from './request'

/** The context of a command that a caller sent: `said` is all of its body that tells one request from another. */
export const contextOf = (
  keyed: Keyed,
  call: Call<unknown, unknown>,
  said: unknown = call.body,
): E.Either<BadRequest, CommandContext> =>
  commandContext(call.req, call, call.caller, keyed.hashOfRequest(call.req.method, pathOf(call.req), said))
