import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import type { Json, Recorded } from './event-store'
import type { DomainEvent } from './domain-event'
import { problemsOf } from './decode-problems'

export type UndecodableEvent = {
  readonly _tag: 'UndecodableEvent'
  readonly type: string
  readonly reason: string
}

export type EventCodec<Event> = {
  readonly decode: (stored: Pick<Recorded, 'type' | 'data'>) => E.Either<UndecodableEvent, Event>
  readonly encode: (event: Event) => { readonly type: string; readonly data: Json }
}

type DataCodecs = Readonly<Record<string, t.Mixed>>
export type EventOf<Codecs extends DataCodecs> = {
  readonly [Type in keyof Codecs & string]: { readonly type: Type; readonly data: t.TypeOf<Codecs[Type]> }
}[keyof Codecs & string]

const undecodable =
  (type: string) =>
  (errors: t.Errors): UndecodableEvent => ({
    _tag: 'UndecodableEvent',
    type,
    reason: problemsOf(errors)
      .map(({ pointer, problem }) => `${pointer} ${problem}`)
      .join('; '),
  })

/** Dispatches by type in a map: a union would try its members one by one. */
export const eventCodec = <Codecs extends DataCodecs>(codecs: Codecs): EventCodec<EventOf<Codecs> & DomainEvent> => {
  const byType = new Map<string, t.Mixed>(Object.entries(codecs))
  const asEvent = (type: string) => (data: unknown) => {
    const event: DomainEvent = { type, data }
    return event as EventOf<Codecs> & DomainEvent
  }
  return {
    decode: ({ type, data }) => {
      const codec = byType.get(type)
      if (codec === undefined) return E.left({ _tag: 'UndecodableEvent', type, reason: 'unknown event type' })
      return pipe(codec.decode(data), E.bimap(undecodable(type), asEvent(type)))
    },
    encode: ({ type, data }) => ({ type, data: (byType.get(type) ?? t.unknown).encode(data) as Json }),
  }
}
