import type { Knex } from 'knex'
import type { Consumer } from '../consumers/consumer'
import { type Insertion, postgresCheckpoint } from '../consumers/postgres-checkpoint'
import type { Revision, StreamName } from '../domain/event-store'
import { foldBatch } from './fold-batch'
import type { Folded, Folding, History } from './folding'
import { views } from './views'

export type Projection<View extends { readonly revision: Revision }, Fact> = {
  readonly name: string
  /** Of the shape of its rows. */
  readonly version: number
  readonly prefixes: ReadonlyArray<string>
  readonly folding: Folding<View, Fact>
  readonly rows: (changes: ReadonlyArray<Folded<View, Fact>>) => ReadonlyArray<Insertion>
}

const viewBytes = 48 * 1_048_576

/** Views of numbers beyond 2^53 included, so bigints weigh as text. */
const weigh = (view: unknown): number =>
  JSON.stringify(view, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).length

/** A projection as a consumer of the log: its rows and its checkpoint are written in one statement. */
export const projectionConsumer = <View extends { readonly revision: Revision }, Fact>(
  { knex, store }: { readonly knex: Knex; readonly store: History },
  { name, version, prefixes, folding, rows }: Projection<View, Fact>,
): Consumer => {
  const checkpoint = postgresCheckpoint(knex, name, version)
  const known = views<View>(viewBytes, weigh)
  const remember = (stream: StreamName, { view }: Folded<View, Fact>) =>
    folding.isOver(view) ? known.drop(stream) : known.keep(stream, view)

  return {
    name,
    prefixes,
    lease: {
      ...checkpoint,
      take: () => {
        known.clear()
        return checkpoint.take()
      },
    },
    apply: async ({ events, position }) => {
      const folded = await foldBatch(store, folding, known, events)
      await checkpoint.saveWith(position, rows([...folded.values()]))
      for (const [stream, change] of folded) remember(stream, change)
    },
  }
}
