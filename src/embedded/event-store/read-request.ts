import { ReadReq } from '@eventstore/db-client/generated/streams_pb'
import { invalidArgument } from './errors'
import { type EventFilter, eventFilter } from './filter'
import { endOfStream } from './model'
import { type Direction } from './reader'
import { streamNameOf } from './wire'

export type From = 'start' | 'end' | bigint

export type ReadRequest = {
  readonly resolveLinks: boolean
  readonly structuredIds: boolean
} & (
  | {
      readonly _tag: 'ReadStream'
      readonly stream: string
      readonly from: From
      readonly direction: Direction
      readonly count: bigint
    }
  | {
      readonly _tag: 'ReadAll'
      readonly from: From
      readonly direction: Direction
      readonly count: bigint
      readonly filter: EventFilter | undefined
    }
  | { readonly _tag: 'SubscribeToStream'; readonly stream: string; readonly from: From }
  | {
      readonly _tag: 'SubscribeToAll'
      readonly from: From
      readonly filter: EventFilter | undefined
      readonly checkpointInterval: number
    }
)

const { StreamOptionCase, CountOptionCase, FilterOptionCase, UUIDOption, StreamOptions, AllOptions, FilterOptions } =
  ReadReq.Options

/** Unsigned on the wire; nothing lies beyond the highest signed value. */
const coordinate = (value: string): bigint => {
  const number = BigInt(value)
  return number > endOfStream ? endOfStream : number
}

const streamFrom = (options: ReadReq.Options.StreamOptions): From => {
  switch (options.getRevisionOptionCase()) {
    case StreamOptions.RevisionOptionCase.REVISION:
      return coordinate(options.getRevision())
    case StreamOptions.RevisionOptionCase.START:
      return 'start'
    case StreamOptions.RevisionOptionCase.END:
      return 'end'
    case StreamOptions.RevisionOptionCase.REVISION_OPTION_NOT_SET:
      throw invalidArgument('A read needs a revision, start or end.')
  }
}

const allFrom = (options: ReadReq.Options.AllOptions): From => {
  switch (options.getAllOptionCase()) {
    case AllOptions.AllOptionCase.POSITION:
      return coordinate(options.getPosition()?.getCommitPosition() ?? '0')
    case AllOptions.AllOptionCase.START:
      return 'start'
    case AllOptions.AllOptionCase.END:
      return 'end'
    case AllOptions.AllOptionCase.ALL_OPTION_NOT_SET:
      throw invalidArgument('A read needs a position, start or end.')
  }
}

const filterOf = (options: ReadReq.Options.FilterOptions): EventFilter => {
  const onStream = options.getFilterCase() === FilterOptions.FilterCase.STREAM_IDENTIFIER
  const expression = onStream ? options.getStreamIdentifier() : options.getEventType()
  if (expression === undefined) throw invalidArgument('A filter needs an expression.')
  const spec = { regex: expression.getRegex(), prefixes: expression.getPrefixList() }
  return eventFilter({ on: onStream ? 'stream' : 'type', ...spec })
}

const defaultWindow = 32

const windowOf = (options: ReadReq.Options.FilterOptions): number => {
  const hasMax = options.getWindowCase() === FilterOptions.WindowCase.MAX
  if (options.getWindowCase() === FilterOptions.WindowCase.WINDOW_NOT_SET || (hasMax && options.getMax() === 0))
    throw invalidArgument('The search window of a filter must be at least 1.')
  return hasMax ? options.getMax() : defaultWindow
}

const checkpointInterval = (options: ReadReq.Options.FilterOptions): number => {
  const multiplier = options.getCheckpointintervalmultiplier()
  if (multiplier === 0) throw invalidArgument('The checkpoint interval multiplier must be at least 1.')
  return multiplier * windowOf(options)
}

const common = (options: ReadReq.Options) => {
  const uuid = options.getUuidOption()?.getContentCase() ?? UUIDOption.ContentCase.CONTENT_NOT_SET
  if (uuid === UUIDOption.ContentCase.CONTENT_NOT_SET) throw invalidArgument('A read must say how it wants ids.')
  return { resolveLinks: options.getResolveLinks(), structuredIds: uuid === UUIDOption.ContentCase.STRUCTURED }
}

const streamRequest = (options: ReadReq.Options, source: ReadReq.Options.StreamOptions): ReadRequest => {
  if (options.getFilterOptionCase() === FilterOptionCase.FILTER) throw invalidArgument('A stream cannot be filtered.')
  const read = { ...common(options), stream: streamNameOf(source.getStreamIdentifier()), from: streamFrom(source) }
  return isSubscription(options)
    ? { _tag: 'SubscribeToStream', ...read }
    : { _tag: 'ReadStream', ...read, direction: directionOf(options), count: BigInt(options.getCount()) }
}

const allRequest = (options: ReadReq.Options, source: ReadReq.Options.AllOptions): ReadRequest => {
  const filterOptions = options.getFilter()
  const filter = filterOptions === undefined ? undefined : filterOf(filterOptions)
  if (filterOptions !== undefined) windowOf(filterOptions)
  const read = { ...common(options), from: allFrom(source), filter }
  return isSubscription(options)
    ? { _tag: 'SubscribeToAll', ...read, checkpointInterval: filterOptions ? checkpointInterval(filterOptions) : 0 }
    : { _tag: 'ReadAll', ...read, direction: directionOf(options), count: BigInt(options.getCount()) }
}

const directionOf = (options: ReadReq.Options): Direction =>
  options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS ? 'backwards' : 'forwards'

const isSubscription = (options: ReadReq.Options): boolean => {
  const kind = options.getCountOptionCase()
  if (kind === CountOptionCase.COUNT_OPTION_NOT_SET) throw invalidArgument('A read needs a count or a subscription.')
  if (kind === CountOptionCase.COUNT) return false
  if (directionOf(options) === 'backwards') throw invalidArgument('A subscription reads forwards.')
  return true
}

export const readRequest = (request: ReadReq): ReadRequest => {
  const options = request.getOptions()
  const stream = options?.getStream()
  const all = options?.getAll()
  if (options?.getStreamOptionCase() === StreamOptionCase.STREAM && stream) return streamRequest(options, stream)
  if (options?.getStreamOptionCase() === StreamOptionCase.ALL && all) return allRequest(options, all)
  throw invalidArgument('A read needs a stream or $all.')
}
