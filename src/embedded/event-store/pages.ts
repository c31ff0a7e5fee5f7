import { type AllRange, type Direction } from './reader'
import { type EventRecord } from './model'

const pageEvents = 512

interface Walk {
  readonly low: bigint
  readonly high: bigint
  readonly direction: Direction
  /** How many events to read at most. */
  readonly count: bigint
  readonly keyOf: (event: EventRecord) => bigint
  readonly fetch: (range: AllRange) => Promise<ReadonlyArray<EventRecord>>
}

const limitOf = (count: bigint): number => (count > BigInt(pageEvents) ? pageEvents : Number(count))

/** What is left after a page, or undefined at the end. */
const rest = (walk: Walk, page: ReadonlyArray<EventRecord>): Walk | undefined => {
  const last = page.at(-1)
  if (last === undefined) return undefined
  const key = walk.keyOf(last)
  const count = walk.count - BigInt(page.length)
  const next = walk.direction === 'forwards' ? { ...walk, count, low: key + 1n } : { ...walk, count, high: key - 1n }
  return next.count > 0n && next.low <= next.high ? next : undefined
}

const fetchPage = async (walk: Walk): Promise<ReadonlyArray<EventRecord>> => {
  const { low, high, direction } = walk
  return low > high || walk.count <= 0n ? [] : walk.fetch({ low, high, direction, limit: limitOf(walk.count) })
}

/** Pages of a range, one read ahead: never more than two in memory. */
export async function* pages(start: Walk): AsyncGenerator<ReadonlyArray<EventRecord>, void, void> {
  let ahead = fetchPage(start)
  for (let walk: Walk | undefined = start; walk !== undefined;) {
    const page: ReadonlyArray<EventRecord> = await ahead
    walk = rest(walk, page)
    if (walk !== undefined) {
      ahead = fetchPage(walk)
      ahead.catch(() => undefined)
    }
    if (page.length > 0) yield page
  }
}
