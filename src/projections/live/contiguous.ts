import type { Revision } from '../../domain/event-store'
import { revision } from '../../domain/position'
import { isAfter } from './live-id'
import type { Cursor } from './log-reader'
import type { LiveFrame } from './message'
import type { RedisPage } from './redis-reader'

export type Contiguous = {
  readonly frames: ReadonlyArray<LiveFrame>
  readonly next: Revision
  /** Something is missing behind `frames`: only the log can tell what. */
  readonly hole: boolean
}

const follows = ({ id, next }: Cursor, { prev }: LiveFrame): boolean => !isAfter(prev, id) || prev.event <= next

/** The entries that follow the cursor without a hole. All messages of an event are appended at once, so that only a full page can part them. */
export const contiguous = (cursor: Cursor, { entries, full }: RedisPage): Contiguous => {
  const frames: LiveFrame[] = []
  let at = cursor
  for (const entry of entries) {
    if (entry === undefined || !follows(at, entry)) return { frames, next: at.next, hole: true }
    frames.push(entry)
    at = { id: entry.id, next: revision(entry.id.event - 1n) }
  }
  const last = frames.at(-1)
  return { frames, next: full || last === undefined ? at.next : revision(last.id.event), hole: false }
}
