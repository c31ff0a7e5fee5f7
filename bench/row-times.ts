import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import type { ExecutionId } from '../src/domain/ids'

export type Written = { readonly id: ExecutionId; readonly revision: bigint; readonly at: number }

const everyMs = 5
const longestMs = 60_000

/** Asks for the rows of what was appended until they are there, and takes the times; within 5 ms. */
export const rowTimes = async (databaseUrl: string) => {
  const database = new Client({ connectionString: databaseUrl })
  await database.connect()
  const times: number[] = []
  let waiting: Written[] = []
  const all = { given: false }
  const look = async (): Promise<void> => {
    const asked = waiting
    const { rows } = await database.query<{ readonly id: string; readonly revision: string }>({
      name: 'rows',
      text: 'SELECT id, revision FROM workflow_executions WHERE id = ANY ($1)',
      values: [asked.map(({ id }) => id)],
    })
    const now = performance.now()
    const seen = new Map(rows.map(({ id, revision }) => [id, BigInt(revision)]))
    const isSeen = ({ id, revision }: Written) => (seen.get(id) ?? -1n) >= revision
    times.push(...asked.filter(isSeen).map(({ at }) => now - at))
    waiting = waiting.filter((each) => !asked.includes(each) || !isSeen(each))
  }
  const watching = (async () => {
    try {
      while (!all.given || waiting.length > 0) {
        const [oldest] = waiting
        if (oldest !== undefined && performance.now() - oldest.at > longestMs)
          throw new Error(`no row of ${oldest.id} at revision ${oldest.revision} within ${longestMs} ms`)
        if (oldest !== undefined) await look()
        await pause(everyMs)
      }
    } finally {
      await database.end()
    }
  })()
  return {
    await: (written: Written): void => {
      waiting.push(written)
    },
    /** Resolves with the times when all rows were seen. */
    end: async (): Promise<ReadonlyArray<number>> => {
      all.given = true
      await watching
      return times
    },
  }
}
