import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import type { Aggregate } from '../domain/decider'
import type { DomainEvent } from '../domain/domain-event'
import type { ReadError, StreamName } from '../domain/event-store'
import type { Of } from '../domain/owned'
import { recentlyUsed } from '../domain/recently-used'
import type { Reader } from '../domain/visibility'
import { ok } from './answer'
import { mayRead } from './auth/role'
import { ignoreBody } from './body/json'
import type { Commanding } from './deps'
import type { ApiError } from './error'
import { idIn } from './id'
import { owned, type Reading, type Told } from './owned'
import { query, revisionParameter } from './query'

type Kept<Id, State, Command, Event extends DomainEvent, Refusal> = {
  readonly aggregate: Aggregate<State, Command, Event, Refusal>
  readonly id: t.Type<Id, string>
  readonly streamOf: (id: Id) => StreamName
}

export type Dated<State> = Told<State> & { readonly createdAt: Date }

const datesKept = 10_000

/** With the time of the stream's first event, which never changes: it is read once, where what was read does not tell it. */
const withCreation = (store: Reading) => {
  const known = recentlyUsed<StreamName, Date>(datesKept, () => 1)
  const createdAt = (stream: StreamName, { createdAt, updatedAt }: Told<unknown>): TE.TaskEither<ReadError, Date> => {
    const date = createdAt ?? known.get(stream)
    return date === undefined
      ? pipe(
          store.readStream(stream, { limit: 1 }),
          TE.map(([first]) => {
            const created = first?.created ?? updatedAt
            known.keep(stream, created)
            return created
          }),
        )
      : TE.right(date)
  }
  return (stream: StreamName) =>
    <State>(told: Told<State>): TE.TaskEither<ReadError, Dated<State>> =>
      pipe(
        createdAt(stream, told),
        TE.map((createdAt) => ({ ...told, createdAt })),
      )
}

const ownedQuery = query({ at_least: revisionParameter })

/** GET of what the path names, as the log tells it now. */
export const readOwned =
  ({ on, store }: Pick<Commanding, 'on' | 'store'>) =>
  <Id, State extends object, Command, Event extends DomainEvent, Refusal>(
    { aggregate, id, streamOf }: Kept<Id, State, Command, Event, Refusal>,
    shown: (reader: Reader) => (told: Dated<Of<State>>) => object,
  ) => {
    const dated = withCreation(store)
    return on.route({
      roles: mayRead,
      query: ownedQuery,
      body: ignoreBody,
      handle: (call) =>
        pipe(
          TE.fromEither<ApiError, Id>(idIn(call.req, id)),
          TE.map(streamOf),
          TE.chainW((stream) =>
            pipe(owned(store)(aggregate)(stream, call.caller.organization), TE.chainW(dated(stream))),
          ),
          TE.filterOrElseW(
            ({ revision }) => revision >= (call.query.at_least ?? revision),
            ({ position }): ApiError => ({ _tag: 'ReadModelBehind', position }),
          ),
          TE.map((told) => ok(shown(call)(told), told)),
        ),
    })
  }
