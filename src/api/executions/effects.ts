import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { execution, executionStream } from '../../domain/execution'
import { ExecutionId } from '../../domain/ids'
import { ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { Commanding } from '../deps'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'

/** What the run did outside, or meant to: read from the log, so that it is exact. */
export const readEffects = ({ on, store }: Pick<Commanding, 'on' | 'store'>) =>
  on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    handle: ({ req, caller }) =>
      pipe(
        TE.fromEither(idIn(req, ExecutionId)),
        TE.chainW((id) => owned(store)(execution)(executionStream(id), caller.organization)),
        TE.map((told) => {
          const effects = Object.values(told.state.effects).map(
            ({ effect_key, step_id, kind, repeatable, status, times, message_id }) => ({
              effect_key,
              step_id,
              kind,
              repeatable,
              status,
              times,
              message_id: message_id ?? null,
            }),
          )
          return ok({ effects }, told)
        }),
      ),
  })
