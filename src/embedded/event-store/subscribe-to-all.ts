import { randomUUID } from 'node:crypto'
import { least } from './bounds'
import { type Reply } from './calls'
import { createCheckpoints, noCheckpoints } from './checkpoints'
import { batchEvents, follow } from './follow'
import { endOfStream, type EventRecord } from './model'
import { pages } from './pages'
import { type ReadSide, type Request, sendEvents } from './read'
import { createWakeUp } from './wake-up'
import { caughtUpMessage, checkpointMessage, confirmationMessage, type ReadMessage } from './wire-read'

export const subscribeToAll = async (
  side: ReadSide,
  request: Request<'SubscribeToAll'>,
  reply: Reply<ReadMessage>,
): Promise<void> => {
  const { from, filter, checkpointInterval } = request
  const { tail } = side.log
  const restored = tail.restored()
  const wakeUp = createWakeUp(tail, undefined, reply.over)
  const checkpoints = filter === undefined ? noCheckpoints : createCheckpoints(checkpointInterval)
  const checkpoint = async (position: bigint | undefined) => {
    if (position !== undefined) await reply.send(checkpointMessage(position))
  }
  let cursor = from === 'start' ? 0n : from === 'end' ? tail.end() : least(from, tail.end())

  const deliverFiltered = async (batch: ReadonlyArray<EventRecord>, matches: (event: EventRecord) => boolean) => {
    for (const event of batch) {
      if (matches(event)) await sendEvents(side, [event], request, reply)
      await checkpoint(checkpoints.considered(event.position))
    }
  }

  /** Pages of what is in the log but no longer in the tail, one read ahead. */
  const pagesToEnd = () =>
    pages({
      low: cursor + 1n,
      high: tail.end(),
      direction: 'forwards',
      count: endOfStream,
      keyOf: (event) => event.position,
      fetch: side.reader.all,
    })
  let stored: ReturnType<typeof pagesToEnd> | undefined
  const nextStored = async (): Promise<ReadonlyArray<EventRecord>> => {
    stored ??= pagesToEnd()
    const page = await stored.next()
    if (page.done !== true) return page.value
    stored = undefined
    return []
  }

  try {
    await reply.send(confirmationMessage(randomUUID()))
    await follow({
      over: reply.over,
      tail,
      restored,
      next: async () => {
        const recent = tail.after(cursor, batchEvents)
        if (recent === undefined) return nextStored()
        // What the tail gives from here on is past any page begun before.
        stored = undefined
        return recent.length === 0 ? undefined : recent
      },
      deliver: async (batch) => {
        cursor = batch.at(-1)?.position ?? cursor
        if (filter === undefined) await sendEvents(side, batch, request, reply)
        else await deliverFiltered(batch, filter)
      },
      caughtUp: async () => {
        await checkpoint(checkpoints.caughtUp())
        await reply.send(caughtUpMessage())
      },
      wait: wakeUp.next,
    })
  } finally {
    wakeUp.close()
  }
}
