import * as E from 'fp-ts/Either'
import { transient } from '../consumers/transient'
import type { Recorded, Revision, StreamName } from '../domain/event-store'
import { revision } from '../domain/position'
import { foldAll, type Folded, following, type Folding, type History } from './folding'
import type { Views } from './views'

const page = 1_000

/** Of a read that failed: not worth a second try when it is the stream's fault. */
export const unreadable = (stream: StreamName, { _tag }: { readonly _tag: string }): Error => {
  const reason = `${stream} cannot be read: ${_tag}`
  return _tag === 'StoreUnavailable' || _tag === 'StoreDenied' ? transient(reason) : new Error(reason)
}

/** A stream's events from `first` to `last`. */
const historyOf = async (
  store: History,
  stream: StreamName,
  first: Revision,
  last: Revision,
): Promise<ReadonlyArray<Recorded>> => {
  const found: Recorded[] = []
  for (let from = first; from <= last; from = revision(first + BigInt(found.length))) {
    const read = await store.readStream(stream, { from, limit: Math.min(page, Number(last - from) + 1) })()
    if (E.isLeft(read)) throw unreadable(stream, read.left)
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

/** Folds these events of a stream, and those that are missing between them and the view before them. */
const foldWithMissing = async <View extends { readonly revision: Revision }, Fact>(
  store: History,
  folding: Folding<View, Fact>,
  known: View | undefined,
  stream: StreamName,
  events: ReadonlyArray<Recorded>,
): Promise<Folded<View, Fact> | undefined> => {
  const revisions = events.map((event) => event.revision)
  const [first, last] = [revisions.reduce((a, b) => (b < a ? b : a)), revisions.reduce((a, b) => (b > a ? b : a))]
  const before =
    folding.viewAt === undefined || first === 0n
      ? undefined
      : (known ?? (await folding.viewAt(store, stream, revision(first - 1n))))
  const from = before === undefined ? revision(0n) : revision(before.revision + 1n)
  return foldAll(folding, before, await historyOf(store, stream, from, last))
}

/**
 * Folds a batch, each stream on from its known view. A stream whose view is not known, or which lacks an event between, is read again. Streams that the
 * batch brings nothing new of are left out.
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
    const result =
      fresh === 'gap' ? await foldWithMissing(store, folding, view, stream, ofStream) : foldAll(folding, view, fresh)
    if (result !== undefined) folded.set(stream, result)
  }
  return folded
}
