import { type AllStreamSubscription, EventStoreDBClient, END, eventTypeFilter } from '@eventstore/db-client'
import { once } from 'node:events'

export type Completions = {
  /** Resolves when the log says that the run is completed; rejects when it ended otherwise. */
  readonly of: (run: string) => Promise<void>
}

const completed = 'ExecutionCompleted'
const longestMs = 120_000

/** Hears the ends of runs from the log, without asking the API or the rows for them. */
export const withCompletions = async <A>(url: string, work: (completions: Completions) => Promise<A>): Promise<A> => {
  const client = EventStoreDBClient.connectionString(url)
  const filter = eventTypeFilter({ prefixes: [completed, 'ExecutionFailed', 'ExecutionCanceled'] })
  const subscription: AllStreamSubscription = client.subscribeToAll({ fromPosition: END, filter })
  const ends = new Map<string, string>()
  const waiting = new Map<string, () => void>()
  subscription.on('data', ({ event }) => {
    if (event === undefined) return
    const run = event.streamId.slice('execution-'.length)
    ends.set(run, event.type)
    waiting.get(run)?.()
  })
  const lost = new Promise<never>((_, reject) => subscription.on('error', reject))
  lost.catch(() => undefined)

  const heard = (run: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`run ${run} has not ended within ${longestMs} ms`))
      }, longestMs)
      const done = () => {
        clearTimeout(late)
        waiting.delete(run)
        resolve()
      }
      waiting.set(run, done)
      if (ends.has(run)) done()
    })
  const of = async (run: string): Promise<void> => {
    await Promise.race([heard(run), lost])
    const end = ends.get(run)
    if (end !== completed) throw new Error(`run ${run} ended with ${end ?? 'nothing'}`)
  }

  try {
    await once(subscription, 'confirmation')
    return await work({ of })
  } finally {
    await subscription.unsubscribe()
    await client.dispose()
  }
}
