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
  readonly decode: (stored: Pick<Recorded, 'type' | 'data' | 'metadata'>) => E.Either<UndecodableEvent, Event>
  /** `version` is that of the shape, from 1; it stands in the event's metadata. */
  readonly encode: (event: Event) => { readonly type: string; readonly data: Json; readonly version: number }
  /** Every type of event with the newest version of its shape. */
  readonly versions: Readonly<Record<string, number>>
}

/** By event type: how data of version 1 becomes that of version 2, of 2 that of 3, and so on. Pure; the data is as stored. */
export type Upcasts = Readonly<Record<string, ReadonlyArray<(data: unknown) => unknown>>>

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

const storedVersion = (metadata: unknown): number =>
  typeof metadata === 'object' &&
  metadata !== null &&
  'schema_version' in metadata &&
  typeof metadata.schema_version === 'number'
    ? metadata.schema_version
    : 1

/** Dispatches by type in a map: a union would try its members one by one. Old shapes are upcast before they are decoded. */
export const eventCodec = <Codecs extends DataCodecs>(
  codecs: Codecs,
  upcasts: Upcasts = {},
): EventCodec<EventOf<Codecs> & DomainEvent> => {
  const byType = new Map<string, t.Mixed>(Object.entries(codecs))
  const upcastsOf = (type: string) => (Object.hasOwn(upcasts, type) ? (upcasts[type] ?? []) : [])
  const asEvent = (type: string) => (data: unknown) => {
    const event: DomainEvent = { type, data }
    return event as EventOf<Codecs> & DomainEvent
  }
  const versionOf = (type: string) => upcastsOf(type).length + 1
  return {
    versions: Object.fromEntries(Object.keys(codecs).map((type) => [type, versionOf(type)])),
    decode: ({ type, data, metadata }) => {
      const codec = byType.get(type)
      if (codec === undefined) return E.left({ _tag: 'UndecodableEvent', type, reason: 'unknown event type' })
      const version = storedVersion(metadata)
      const newer = upcastsOf(type)
      if (version > newer.length + 1)
        return E.left({ _tag: 'UndecodableEvent', type, reason: `version ${version} is newer than this program` })
      const current = newer.slice(version - 1).reduce((older, upcast) => upcast(older), data)
      return pipe(codec.decode(current), E.bimap(undecodable(type), asEvent(type)))
    },
    encode: ({ type, data }) => ({
      type,
      data: (byType.get(type) ?? t.unknown).encode(data) as Json,
      version: versionOf(type),
    }),
  }
}
