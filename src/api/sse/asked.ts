import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { type LiveId, parseLiveId } from '../../projections/live/message'
import { type BadRequest, badRequest } from '../error'
import { type Parameter, query, wordParameter } from '../query'

export type Asked = {
  /** The last message that the client has. */
  readonly after: LiveId | undefined
  /** `event`: heartbeats that a browser's page can see too. */
  readonly heartbeat: 'event' | 'comment'
}

const cursor: Parameter<LiveId | undefined> = {
  many: false,
  parse: ([text = '']) => (text === '' ? E.right(undefined) : parseLiveId(text)),
}

const parameters = query({
  lastEventId: cursor,
  last_event_id: cursor,
  heartbeat: wordParameter<Asked['heartbeat']>(['event', 'comment']),
})

const fromHeader = (req: IncomingMessage): E.Either<BadRequest, LiveId | undefined> => {
  const given = [req.headers['last-event-id'] ?? []].flat().join(', ')
  return given === ''
    ? E.right(undefined)
    : pipe(
        parseLiveId(given),
        E.mapLeft((problem) => badRequest({ header: 'Last-Event-ID', problem })),
      )
}

/** The header wins: a browser repeats the URL of its first connection, whose cursor is old by then. */
export const askedOf = (req: IncomingMessage, search: URLSearchParams): E.Either<BadRequest, Asked> =>
  pipe(
    E.Do,
    E.bind('header', () => fromHeader(req)),
    E.bind('query', () => parameters(search)),
    E.map(({ header, query: { lastEventId, last_event_id, heartbeat } }): Asked => ({
      after: header ?? lastEventId ?? last_event_id,
      heartbeat: heartbeat ?? 'comment',
    })),
  )
