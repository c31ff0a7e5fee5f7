import * as E from 'fp-ts/Either'
import { transient } from '../consumers/transient'
import type { EventStore, Recorded, Revision, StreamName } from '../domain/event-store'
import { revision } from '../domain/position'
import { foldAll, type Folded, following, type Folding } from './folding'
import type { Views } from './views'

export type History = Pick<EventStore, 'readStream'>

const page = 1_000

/** A stream's events from the first to `last`. */
const historyOf = async (store: History, stream: StreamName, last: Revision): Promise<ReadonlyArray<Recorded>> => {
  const found: Recorded[] = []
  while (BigInt(found.length) <= last) {
    const left = Number(last) + 1 - found.length
    const read = await store.readStream(stream, { from: revision(BigInt(found.length)), limit: Math.min(page, left) })()
    if (E.isLeft(read)) {
      const reason = `${stream} cannot be read: ${read.left._tag}`
      throw read.left._tag === 'StreamDeleted' ? new Error(reason) : transient(reason)
    }
    if (read.right.length === 0) throw new Error(`${stream} ends before revision ${last}`)
    found.push(...read.right)
  }
  return found
}

const byStream = (events: ReadonlyArray<Recorded>): ReadonlyMap<StreamName, ReadonlyArray<Recorded>> => {
  const streams = new Map<StreamName, Recorded[]>()
  for (const event of events) {
    const ofStream = streams.get(event.stream)
    if (ofStream === undefined) streams.set(event.stream, [event])
    else ofStream.push(event)
  }
  return streams
}

/**
 * Folds a batch, each stream on from its known view. A stream whose view is not known, or which lacks an event between, is read again from its
 * first event. Streams that the batch brings nothing new of are left out.
 */
export const foldBatch = async <View extends { readonly revision: Revision }, Fact>(
  store: History,
  folding: Folding<View, Fact>,
  known: Pick<Views<View>, 'get'>,
  events: ReadonlyArray<Recorded>,
): Promise<ReadonlyMap<StreamName, Folded<View, Fact>>> => {
  const folded = new Map<StreamName, Folded<View, Fact>>()
  for (const [stream, ofStream] of byStream(events)) {
    const view = known.get(stream)
    const fresh = following(view?.revision, ofStream)
    const last = ofStream.reduce((most, { revision }) => (revision > most ? revision : most), revision(0n))
    const result =
      fresh === 'gap'
        ? foldAll(folding, undefined, await historyOf(store, stream, last))
        : foldAll(folding, view, fresh)
    if (result !== undefined) folded.set(stream, result)
  }
  return folded
}
