import type { Knex } from 'knex'
import type { Position, SubscriptionStart } from '../domain/event-store'
import { comparePositions } from '../domain/position'
import { type Checkpoint, checkpointRefused, type CheckpointRefusal } from './checkpoint'

type Row = {
  readonly version: number
  readonly epoch: string
  readonly commit_position: string | null
  readonly prepare_position: string | null
}
type Held = { readonly epoch: string; readonly at: SubscriptionStart }
type Move = 'Moved' | 'AlreadyThere' | CheckpointRefusal

export type PostgresCheckpoint = Checkpoint & {
  /** Runs `write` and moves the checkpoint, both or neither. What is known to be done already is not done again. */
  readonly saveWith: (position: Position, write: (tx: Knex.Transaction) => Promise<void>) => Promise<void>
}

const startOf = ({ commit_position, prepare_position }: Row): SubscriptionStart =>
  commit_position === null || prepare_position === null
    ? 'start'
    : { commit: BigInt(commit_position), prepare: BigInt(prepare_position) }

const decimals = (at: SubscriptionStart): ReadonlyArray<string | null> =>
  at === 'start' ? [null, null] : [String(at.commit), String(at.prepare)]

const isAt = (at: SubscriptionStart, position: Position): boolean =>
  at !== 'start' && comparePositions(at, position) === 0

/** A row of the table `checkpoints`. `version` is that of the rows it counts for. */
export const postgresCheckpoint = (knex: Knex, name: string, version: number): PostgresCheckpoint => {
  let held: Held | undefined

  const rowsOf = async (db: Knex, sql: string, bindings: ReadonlyArray<string | number | null>) => {
    const { rows } = await db.raw<{ readonly rows: ReadonlyArray<Row> }>(sql, [...bindings])
    return rows
  }

  const move = async (tx: Knex.Transaction, { epoch, at }: Held, to: Position): Promise<Move> => {
    const moved = await rowsOf(
      tx,
      `UPDATE checkpoints SET commit_position = ?, prepare_position = ?, updated_at = clock_timestamp()
        WHERE name = ? AND version = ? AND epoch = ?
          AND commit_position IS NOT DISTINCT FROM ?::numeric AND prepare_position IS NOT DISTINCT FROM ?::numeric
        RETURNING *`,
      [...decimals(to), name, version, epoch, ...decimals(at)],
    )
    if (moved.length > 0) return 'Moved'
    const [stored] = await rowsOf(tx, 'SELECT * FROM checkpoints WHERE name = ?', [name])
    if (stored === undefined) return { _tag: 'SetBack' }
    if (stored.version !== version) return { _tag: 'VersionMismatch', stored: stored.version, ours: version }
    if (BigInt(stored.epoch) > BigInt(epoch)) return { _tag: 'SomeoneAhead' }
    return stored.epoch === epoch && isAt(startOf(stored), to) ? 'AlreadyThere' : { _tag: 'SetBack' }
  }

  const takeOver = async (): Promise<SubscriptionStart> => {
    const [row] = await rowsOf(
      knex,
      `INSERT INTO checkpoints (name, version, epoch) VALUES (?, ?, 1)
       ON CONFLICT (name) DO UPDATE SET epoch = checkpoints.epoch + 1, updated_at = clock_timestamp()
       RETURNING *`,
      [name, version],
    )
    if (row === undefined) throw new Error(`checkpoint ${name} was not returned`)
    if (row.version !== version)
      throw checkpointRefused(name, { _tag: 'VersionMismatch', stored: row.version, ours: version })
    held = { epoch: row.epoch, at: startOf(row) }
    return held.at
  }

  const saveWith: PostgresCheckpoint['saveWith'] = async (position, write) => {
    if (held === undefined) throw new Error(`checkpoint ${name} is not taken over`)
    const holding = held
    const outcome = await knex.transaction(async (tx) => {
      const moved = await move(tx, holding, position)
      if (moved === 'Moved') await write(tx)
      return moved
    })
    if (typeof outcome !== 'string') throw checkpointRefused(name, outcome)
    held = { ...holding, at: position }
  }

  return { takeOver, saveWith, save: (position) => saveWith(position, () => Promise.resolve()) }
}
