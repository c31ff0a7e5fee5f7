import { type Log } from './log'
import { isVisible } from './metadata'
import { type EventRecord } from './model'
import { type Reader } from './reader'
import { type StreamState, streamStates } from './stream-state'

/** What a reader is sent: an event, a link with its target, or a link whose target cannot be read. */
export interface Resolved {
  readonly event?: EventRecord
  readonly link?: EventRecord
}

interface Target {
  readonly stream: string
  readonly revision: bigint
}

const targetOf = (event: EventRecord): Target | undefined => {
  if (event.type !== '$>') return undefined
  const [, revision, stream] = /^(\d{1,19})@(.+)$/su.exec(Buffer.from(event.data).toString('utf8')) ?? []
  return revision === undefined || stream === undefined ? undefined : { stream, revision: BigInt(revision) }
}

const keyOf = ({ stream, revision }: Target): string => `${revision}@${stream}`

const isReadable = (state: StreamState | undefined, event: EventRecord): boolean =>
  state?._tag === 'Present' && isVisible(state.limits, event)

export const resolveLinks = async (
  log: Pick<Log, 'cachedHead'>,
  reader: Reader,
  events: ReadonlyArray<EventRecord>,
): Promise<ReadonlyArray<Resolved>> => {
  const targets = events.flatMap((event) => targetOf(event) ?? [])
  if (targets.length === 0) return events.map((event) => ({ event }))
  const states = await streamStates(
    log,
    reader,
    targets.map((target) => target.stream),
  )
  const found = await reader.events(targets)
  const readable = new Map(
    found.filter((event) => isReadable(states.get(event.stream), event)).map((event) => [keyOf(event), event]),
  )
  return events.map((event) => {
    const target = targetOf(event)
    if (target === undefined) return { event }
    const original = readable.get(keyOf(target))
    return original === undefined ? { link: event } : { event: original, link: event }
  })
}
