import { ticks } from './commit-group'
import { emptyHead } from './group'
import { type Log } from './log'
import { isSoftDeleted, type Limits, limitsOf, type StreamHead, streamMetadata } from './metadata'
import { endOfStream, isMetastream, noEvents, partnerOf } from './model'
import { type Reader } from './reader'

/** What a reader finds. A soft-deleted stream is missing but has a last revision; one never written has -1. */
export interface StreamState {
  readonly _tag: 'Tombstoned' | 'Missing' | 'Present'
  readonly last: bigint
  readonly limits: Limits
}

const stateOf = (stream: string, head: StreamHead, partner: StreamHead): StreamState => {
  const last = isMetastream(stream) && partner.revision === endOfStream ? endOfStream : head.revision
  const metadata = streamMetadata(isMetastream(stream) ? undefined : partner.newest)
  const limits = limitsOf(stream, last, metadata, ticks())
  if (last === endOfStream) return { _tag: 'Tombstoned', last, limits }
  return { _tag: last === noEvents || isSoftDeleted(metadata) ? 'Missing' : 'Present', last, limits }
}

export const streamStates = async (
  log: Pick<Log, 'cachedHead'>,
  reader: Reader,
  streams: ReadonlyArray<string>,
): Promise<ReadonlyMap<string, StreamState>> => {
  const names = [...new Set(streams.flatMap((stream) => [stream, partnerOf(stream)]))]
  const cached = new Map(names.map((name) => [name, log.cachedHead(name)]))
  const complete = ![...cached.values()].includes(undefined)
  const heads = complete ? cached : await reader.heads(names)
  const head = (stream: string) => heads.get(stream) ?? emptyHead
  return new Map(streams.map((stream) => [stream, stateOf(stream, head(stream), head(partnerOf(stream)))]))
}

export const streamState = async (log: Pick<Log, 'cachedHead'>, reader: Reader, stream: string): Promise<StreamState> =>
  (await streamStates(log, reader, [stream])).get(stream) ?? stateOf(stream, emptyHead, emptyHead)
