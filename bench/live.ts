import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/Either'
import type { Appended } from '../src/domain/event-store'
import type { OrganizationId, WorkflowId } from '../src/domain/ids'
import { esdbEventStore } from '../src/stores/events/esdb'
import type { Product } from '../test/support/product'
import { until } from '../test/support/until'
import { rowTimes } from './row-times'
import { type Spread, spread } from './spread'
import { type Append, appendsOfStory, type Story, storyOf } from './story'
import { view } from './viewer'

type Lags = { readonly row: Spread; readonly frame: Spread; readonly perSecond: number }

/**
 * Appends at `rate` a second, spread over runs that are each watched by one viewer, and takes the times from the call of append until the row can be
 * read and until the viewer has the frame. The worker must not be running: it would do the runs' work.
 */
export const liveLags = async (product: Product, rate: number, seconds: number): Promise<Lags> => {
  const { demo } = product
  const store = esdbEventStore({ url: product.eventStoreUrl })
  const give = async ({ stream }: Story, { expected, events }: Append): Promise<Appended> => {
    const appended = await store.append(stream, expected, events)()
    if (E.isLeft(appended)) throw new Error(appended.left._tag)
    return appended.right
  }

  const stories = Array.from({ length: Math.ceil((rate * seconds) / appendsOfStory) }, () =>
    storyOf(demo.organization_id as OrganizationId, demo.workflow_id as WorkflowId),
  )
  const frames = new Map<string, number>()
  const seen = (story: Story, event: bigint) => frames.get(`${story.id} ${event}`)
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  for (const story of stories) {
    await give(story, story.creation)
    const onFrame = (id: string) => {
      const key = `${story.id} ${id.split('-')[0] ?? ''}`
      if (!frames.has(key)) frames.set(key, performance.now())
    }
    view(demo, story.id, onFrame, stop.signal)
  }
  await until(() => stories.every((story) => seen(story, 1n) !== undefined), 60_000)

  const rows = await rowTimes(product.databaseUrl)
  const given: { readonly story: Story; readonly event: bigint; readonly at: number }[] = []
  const start = performance.now()
  await Promise.all(
    Array.from({ length: appendsOfStory * stories.length }, async (_, i) => {
      const story = stories[i % stories.length]
      const append = story?.appends[Math.floor(i / stories.length)]
      if (story === undefined || append === undefined) return
      await pause(start + (i * 1000) / rate - performance.now())
      const at = performance.now()
      const { revision } = await give(story, append)
      given.push({ story, event: revision + 1n, at })
      rows.await({ id: story.id, revision, at })
    }),
  )
  const perSecond = (1000 * given.length) / (performance.now() - start)
  const row = spread(await rows.end())
  await until(() => given.every(({ story, event }) => seen(story, event) !== undefined), 10_000)
  stop.abort()
  await store.close()
  return {
    row,
    frame: spread(given.map(({ story, event, at }) => (seen(story, event) ?? Number.NaN) - at)),
    perSecond,
  }
}
