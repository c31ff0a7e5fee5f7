import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { Position } from '../domain/event-store'
import { comparePositions } from '../domain/position'

/** What was waited for is not in the rows yet; they hold everything up to `position`. */
export type ReadModelBehind = { readonly _tag: 'ReadModelBehind'; readonly position: Position | undefined }

const lookEveryMs = 20

/** Looks until `holds`, at least once, for at most `ms`. */
export const heldWithin = async (ms: number, holds: () => Promise<boolean>): Promise<boolean> => {
  const end = performance.now() + ms
  for (;;) {
    if (await holds()) return true
    if (performance.now() + lookEveryMs > end) return false
    await pause(lookEveryMs)
  }
}

type Row = { readonly commit_position: string | null; readonly prepare_position: string | null }

/** Everything up to here is in the rows of a projection; undefined before its first event. */
export const positionOf = (knex: Knex, projection: string) => async (): Promise<Position | undefined> => {
  const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<Row> }>(
    'SELECT commit_position, prepare_position FROM checkpoints WHERE name = ?',
    [projection],
  )
  const { commit_position = null, prepare_position = null } = rows[0] ?? {}
  return commit_position === null || prepare_position === null
    ? undefined
    : { commit: BigInt(commit_position), prepare: BigInt(prepare_position) }
}

export type Waiting = {
  readonly position: () => Promise<Position | undefined>
  /** Waits at most `ms` until the rows hold everything up to `position`. */
  readonly waitForPosition: (position: Position, ms: number) => Promise<E.Either<ReadModelBehind, void>>
}

export const waiting = (knex: Knex, projection: string): Waiting => {
  const position = positionOf(knex, projection)
  return {
    position,
    waitForPosition: async (wanted, ms) => {
      let reached: Position | undefined
      const held = await heldWithin(ms, async () => {
        reached = await position()
        return reached !== undefined && comparePositions(reached, wanted) >= 0
      })
      return held ? E.right(undefined) : E.left({ _tag: 'ReadModelBehind', position: reached })
    },
  }
}
