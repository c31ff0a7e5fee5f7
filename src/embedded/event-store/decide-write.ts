import { randomUUID } from 'node:crypto'
import { judge, type StreamFacts } from './expectations'
import {
  isSoftDeleted,
  isVisible,
  jsonObject,
  limitsOf,
  softDeletion,
  type StreamHead,
  streamMetadata,
  truncatedBefore,
} from './metadata'
import {
  endOfStream,
  isMetastream,
  noEvents,
  partnerOf,
  type ProposedEvent,
  type EventRecord,
  type Write,
  type WriteOutcome,
} from './model'

/** Where an event of a stream stands. */
export type Place = Pick<EventRecord, 'id' | 'revision' | 'position' | 'created'>

/** The log as the writes of one group see it: what is committed, and what the group has decided so far. */
export interface LogView {
  readonly head: (stream: string) => StreamHead
  readonly firstWith: (stream: string, id: string) => Place | undefined
  readonly at: (stream: string, revision: bigint) => Place | undefined
  /** The position of the last event of the log. */
  readonly end: () => bigint
  /** Adds an event and gives its position. */
  readonly add: (stream: string, revision: bigint, event: ProposedEvent) => bigint
}

const encoder = new TextEncoder()

const systemEvent = (type: string, isJson: boolean, data: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  isJson,
  metadata: new Uint8Array(),
  data: encoder.encode(data),
})

const metadataEvent = (data: string): ProposedEvent => systemEvent('$metadata', true, data)

const metadataOf = (view: LogView, stream: string) =>
  streamMetadata(isMetastream(stream) ? undefined : view.head(partnerOf(stream)).newest)

const isTombstoned = (head: StreamHead): boolean => head.revision === endOfStream

const factsOf = (view: LogView, stream: string): StreamFacts => ({
  current: view.head(stream).revision,
  hasMetadata: !isMetastream(stream) && view.head(partnerOf(stream)).revision !== noEvents,
  softDeleted: isSoftDeleted(metadataOf(view, stream)),
  tombstoned: isTombstoned(view.head(stream)) || (isMetastream(stream) && isTombstoned(view.head(partnerOf(stream)))),
  revisionOf: (id) => view.firstWith(stream, id)?.revision,
  idAt: (revision) => view.at(stream, revision)?.id,
})

const addAfter = (view: LogView, stream: string, events: ReadonlyArray<ProposedEvent>): WriteOutcome => {
  const first = view.head(stream).revision + 1n
  const positions = events.map((event, index) => view.add(stream, first + BigInt(index), event))
  const position = positions.at(-1) ?? view.end()
  return { _tag: 'Written', revision: view.head(stream).revision, ...(position > 0n ? { position } : {}) }
}

const addMetadata = (view: LogView, stream: string, data: string): WriteOutcome =>
  addAfter(view, partnerOf(stream), [metadataEvent(data)])

const append = (view: LogView, stream: string, events: ReadonlyArray<ProposedEvent>): WriteOutcome => {
  const before = view.head(stream).revision
  const deleted = isMetastream(stream) ? undefined : view.head(partnerOf(stream)).newest
  const wasSoftDeleted = isSoftDeleted(metadataOf(view, stream))
  const outcome = addAfter(view, stream, events)
  if (wasSoftDeleted && events.length > 0) addMetadata(view, stream, truncatedBefore(deleted ?? {}, before + 1n))
  return outcome
}

/** Metadata set on a soft-deleted stream is written again with `$tb`, so that what was deleted stays hidden. */
const appendMetadata = (view: LogView, metastream: string, events: ReadonlyArray<ProposedEvent>): WriteOutcome => {
  const stream = partnerOf(metastream)
  const wasSoftDeleted = isSoftDeleted(metadataOf(view, stream))
  const outcome = addAfter(view, metastream, events)
  const last = events.at(-1)
  const newest = last === undefined ? undefined : jsonObject(last)
  if (wasSoftDeleted && newest !== undefined)
    addMetadata(view, stream, truncatedBefore(newest, view.head(stream).revision + 1n))
  return outcome
}

const repeated = (view: LogView, stream: string, revision: bigint, now: bigint): WriteOutcome => {
  const place = view.at(stream, revision)
  const limits = limitsOf(stream, view.head(stream).revision, metadataOf(view, stream), now)
  return {
    _tag: 'Written',
    revision,
    ...(place !== undefined && isVisible(limits, place) ? { position: place.position } : {}),
  }
}

const perform = (view: LogView, write: Write): WriteOutcome => {
  switch (write._tag) {
    case 'Append':
      return (isMetastream(write.stream) ? appendMetadata : append)(view, write.stream, write.events)
    case 'Delete':
      return addMetadata(view, write.stream, softDeletion)
    case 'Tombstone':
      return {
        _tag: 'Written',
        revision: endOfStream,
        position: view.add(write.stream, endOfStream, systemEvent('$streamDeleted', false, '')),
      }
  }
}

/** A delete or tombstone is judged as one event that was never seen before. */
const idsOf = (write: Write): ReadonlyArray<string> =>
  write._tag === 'Append' ? write.events.map((event) => event.id) : ['']

/** Decides one write and adds its events to the view. */
export const decideWrite = (view: LogView, write: Write, now: bigint): WriteOutcome => {
  const facts = factsOf(view, write.stream)
  const nothingToDelete = write._tag === 'Delete' && facts.current === noEvents && !facts.hasMetadata
  const verdict = judge(write.expected, idsOf(write), facts)
  switch (verdict._tag) {
    case 'Write':
      return nothingToDelete ? { _tag: 'WrongExpectedVersion', current: facts.current } : perform(view, write)
    case 'AlreadyWritten':
      return repeated(view, write.stream, verdict.revision, now)
    case 'WrongExpectedVersion':
      return { _tag: 'WrongExpectedVersion', current: facts.current }
    case 'StreamDeleted':
      return { _tag: 'StreamDeleted' }
  }
}
