import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { EventStoreDBClient } from '@eventstore/db-client'
import { type Spread, spread } from '../spread'
import { newEvent } from './event'
import { perSecond } from './rate'
import type { UnderTest } from './servers'

/** Events per second; `live` from the call of append to the event in a subscription to $all. */
export type Reads = {
  readonly largeAppends: number
  readonly streamRead: number
  readonly allRead: number
  readonly allCatchUp: number
  readonly live: Spread
}

export const largeAppend = 2500
const total = 20 * largeAppend

const count = async (events: AsyncIterable<unknown>): Promise<number> => {
  let seen = 0
  for await (const _ of events) seen += 1
  return seen
}

const catchUp = (client: EventStoreDBClient): Promise<number> =>
  new Promise((resolve, reject) => {
    let seen = 0
    const subscription = client.subscribeToAll()
    subscription.on('error', reject)
    subscription.on('data', () => {
      seen += 1
      if (seen === total) void subscription.unsubscribe().then(() => resolve(seen))
    })
  })

const liveTimes = async (client: EventStoreDBClient): Promise<Spread> => {
  const started = new Map<string, number>()
  const took: number[] = []
  const subscription = client.subscribeToAll({ fromPosition: 'end' })
  await new Promise((resolve) => subscription.once('caughtUp', resolve))
  subscription.on('data', ({ event }) => {
    const from = started.get(event?.id ?? '')
    if (from !== undefined) took.push(performance.now() - from)
  })
  const stream = `bench-live-${randomUUID()}`
  for (let n = 0; n < 500; n += 1) {
    const event = newEvent()
    started.set(event.id, performance.now())
    await client.appendToStream(stream, event)
    await pause(4)
  }
  await subscription.unsubscribe()
  return spread(took)
}

export const measureReads = async ({ url }: UnderTest): Promise<Reads> => {
  const client = EventStoreDBClient.connectionString(url)
  const stream = `bench-large-${randomUUID()}`
  const appendMuch = async () => {
    for (let n = 0; n < total; n += largeAppend)
      await client.appendToStream(stream, Array.from({ length: largeAppend }, newEvent))
    return total
  }
  const reads = {
    largeAppends: await perSecond(appendMuch),
    streamRead: await perSecond(() => count(client.readStream(stream))),
    allRead: await perSecond(() => count(client.readAll({ maxCount: total }))),
    allCatchUp: await perSecond(() => catchUp(client)),
    live: await liveTimes(client),
  }
  await client.dispose()
  return reads
}
