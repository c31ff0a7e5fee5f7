import { randomUUID } from 'node:crypto'
import { most } from './bounds'
import { type Reply } from './calls'
import { streamDeleted } from './errors'
import { batchEvents, follow } from './follow'
import { endOfStream, type EventRecord } from './model'
import { pages } from './pages'
import { type ReadSide, type Request, sendEvents } from './read'
import { streamState } from './stream-state'
import { createWakeUp } from './wake-up'
import { caughtUpMessage, confirmationMessage, type ReadMessage } from './wire-read'

/** Limits of the stream hide stored events only: what is appended after the start is delivered whatever they say. */
export const subscribeToStream = async (
  side: ReadSide,
  request: Request<'SubscribeToStream'>,
  reply: Reply<ReadMessage>,
): Promise<void> => {
  const { stream, from } = request
  const { tail } = side.log
  const wakeUp = createWakeUp(tail, stream, reply.over)
  try {
    const restored = tail.restored()
    let seen = tail.end()
    const state = await streamState(side.log, side.reader, stream)
    if (state._tag === 'Tombstoned' && from !== 'end') throw streamDeleted(stream)
    await reply.send(confirmationMessage(randomUUID()))

    let cursor = from === 'start' ? -1n : from === 'end' ? state.last : from
    const stored = pages({
      low: most(cursor + 1n, state.limits.revision),
      high: state.last,
      direction: 'forwards',
      count: endOfStream,
      keyOf: (event) => event.revision,
      fetch: (range) => side.reader.stream(stream, { ...range, createdFrom: state.limits.created }),
    })
    for await (const page of stored) await sendEvents(side, page, request, reply)
    cursor = most(cursor, state.last)

    const fromDatabase = async (): Promise<ReadonlyArray<EventRecord>> => {
      const end = tail.end()
      const range = { low: cursor + 1n, high: endOfStream, limit: batchEvents, createdFrom: 0n }
      const page = await side.reader.stream(stream, { ...range, direction: 'forwards' })
      if (page.length === 0) seen = end
      return page
    }

    await follow({
      over: reply.over,
      tail,
      restored,
      next: async () => {
        const recent = tail.after(seen, batchEvents)
        if (recent === undefined) return fromDatabase()
        seen = recent.at(-1)?.position ?? seen
        const fresh = (event: EventRecord) => event.stream === stream && event.revision > cursor
        return recent.length === 0 ? undefined : recent.filter(fresh)
      },
      deliver: async (batch) => {
        cursor = batch.at(-1)?.revision ?? cursor
        await sendEvents(side, batch, request, reply)
        if (cursor === endOfStream && batch.length > 0) throw streamDeleted(stream)
      },
      caughtUp: async () => reply.send(caughtUpMessage()),
      wait: wakeUp.next,
    })
  } finally {
    wakeUp.close()
  }
}
