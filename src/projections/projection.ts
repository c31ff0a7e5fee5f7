import type { Knex } from 'knex'
import type { Consumer } from '../consumers/consumer'
import { postgresCheckpoint } from '../consumers/postgres-checkpoint'
import type { Revision, StreamName } from '../domain/event-store'
import { foldBatch, type History } from './fold-batch'
import type { Folded, Folding } from './folding'
import { views } from './views'

export type Projection<View extends { readonly revision: Revision }, Fact> = {
  readonly name: string
  /** Of the shape of its rows. */
  readonly version: number
  readonly prefixes: ReadonlyArray<string>
  readonly folding: Folding<View, Fact>
  readonly write: (tx: Knex.Transaction, changes: ReadonlyArray<Folded<View, Fact>>) => Promise<void>
}

const viewBytes = 48 * 1_048_576

/** Views of numbers beyond 2^53 included, so bigints weigh as text. */
const weigh = (view: unknown): number =>
  JSON.stringify(view, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).length

/** A projection as a consumer of the log: its rows and its checkpoint are written in one transaction. */
export const projectionConsumer = <View extends { readonly revision: Revision }, Fact>(
  { knex, store }: { readonly knex: Knex; readonly store: History },
  { name, version, prefixes, folding, write }: Projection<View, Fact>,
): Consumer => {
  const checkpoint = postgresCheckpoint(knex, name, version)
  const known = views<View>(viewBytes, weigh)
  const remember = (stream: StreamName, { view }: Folded<View, Fact>) =>
    folding.isOver(view) ? known.drop(stream) : known.keep(stream, view)

  return {
    name,
    prefixes,
    start: () => {
      known.clear()
      return checkpoint.takeOver()
    },
    apply: async ({ events, position }) => {
      const folded = await foldBatch(store, folding, known, events)
      await checkpoint.saveWith(position, (tx) => write(tx, [...folded.values()]))
      for (const [stream, change] of folded) remember(stream, change)
    },
  }
}
