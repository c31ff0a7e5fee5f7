import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import type { Aggregate } from '../domain/decider'
import type { DomainEvent } from '../domain/domain-event'
import type { StreamName } from '../domain/event-store'
import type { Reader } from '../domain/visibility'
import { ok } from './answer'
import { mayRead } from './auth/role'
import { ignoreBody } from './body/json'
import type { Commanding } from './deps'
import type { ApiError } from './error'
import { idIn } from './id'
import { type Of, owned, type Told } from './owned'
import { query, revisionParameter } from './query'

type Kept<Id, State, Command, Event extends DomainEvent, Refusal> = {
  readonly aggregate: Aggregate<State, Command, Event, Refusal>
  readonly id: t.Type<Id, string>
  readonly streamOf: (id: Id) => StreamName
}

const ownedQuery = query({ at_least: revisionParameter })

/** GET of what the path names, as the log tells it now. */
export const readOwned =
  ({ on, store }: Pick<Commanding, 'on' | 'store'>) =>
  <Id, State extends object, Command, Event extends DomainEvent, Refusal>(
    { aggregate, id, streamOf }: Kept<Id, State, Command, Event, Refusal>,
    shown: (reader: Reader) => (told: Told<Of<State>>) => object,
  ) =>
    on.route({
      roles: mayRead,
      query: ownedQuery,
      body: ignoreBody,
      handle: (call) =>
        pipe(
          TE.fromEither<ApiError, Id>(idIn(call.req, id)),
          TE.chainW((found) => owned(store)(aggregate)(streamOf(found), call.caller.organization)),
          TE.filterOrElseW(
            ({ revision }) => revision >= (call.query.at_least ?? revision),
            ({ position }): ApiError => ({ _tag: 'ReadModelBehind', position }),
          ),
          TE.map((told) => ok(shown(call)(told), told)),
        ),
    })
