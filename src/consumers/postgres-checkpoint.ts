import { createHash, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Position, SubscriptionStart } from '../domain/event-store'
import { comparePositions } from '../domain/position'
import { type Checkpoint, checkpointRefused, type CheckpointRefusal } from './checkpoint'

/** `INSERT INTO ${into} SELECT * FROM ${from} ON CONFLICT ${onConflict}`, with a value for each `?` in it. */
export type Insertion = {
  readonly into: string
  readonly from: string
  readonly onConflict: string
  readonly values: ReadonlyArray<unknown>
}

export type PostgresCheckpoint = Checkpoint & {
  /** Moves the checkpoint and adds the rows, both or neither, and renews the lease. What is known to be done already is not done again. */
  readonly saveWith: (position: Position, rows: ReadonlyArray<Insertion>) => Promise<void>
}

type Row = {
  readonly version: number
  readonly epoch: string
  readonly commit_position: string | null
  readonly prepare_position: string | null
}
type Held = {
  readonly epoch: string
  readonly at: SubscriptionStart
  /** Where it stands if the last answer was lost on the way. */
  readonly tried: SubscriptionStart
  readonly renewedAt: number
}

const startOf = ({ commit_position, prepare_position }: Row): SubscriptionStart =>
  commit_position === null || prepare_position === null
    ? 'start'
    : { commit: BigInt(commit_position), prepare: BigInt(prepare_position) }

const decimals = (at: SubscriptionStart): ReadonlyArray<string | null> =>
  at === 'start' ? [null, null] : [String(at.commit), String(at.prepare)]

const same = (a: SubscriptionStart, b: SubscriptionStart): boolean =>
  a === 'start' || b === 'start' ? a === b : comparePositions(a, b) === 0

const moving = (rows: ReadonlyArray<Insertion>): string => {
  const inserts = rows.map(
    ({ into, from, onConflict }, i) =>
      `, rows_${i} AS (INSERT INTO ${into} SELECT * FROM ${from} WHERE EXISTS (SELECT FROM moved) ON CONFLICT ${onConflict})`,
  )
  return `WITH moved AS (
    UPDATE checkpoints SET commit_position = ?, prepare_position = ?, updated_at = clock_timestamp(),
        held_until = clock_timestamp() + ?::integer * interval '1 millisecond'
      WHERE name = ? AND version = ? AND epoch = ?
        AND commit_position IS NOT DISTINCT FROM ?::numeric AND prepare_position IS NOT DISTINCT FROM ?::numeric
      RETURNING name)${inserts.join('')} SELECT name FROM moved`
}

/** A statement with a name is parsed and planned once for each connection. */
const nameOf = (sql: string): string => createHash('sha256').update(sql).digest('base64url')

const takingOver = `
  INSERT INTO checkpoints AS mine (name, version, epoch, holder, held_until)
    VALUES (?, ?, 1, ?, clock_timestamp() + ?::integer * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE
    SET epoch = mine.epoch + 1, holder = excluded.holder, held_until = excluded.held_until, updated_at = clock_timestamp()
    WHERE mine.version = excluded.version
      AND (mine.held_until IS NULL OR mine.held_until <= clock_timestamp() OR mine.holder = excluded.holder)
  RETURNING *`

/**
 * A row of the table `checkpoints`, and the lease on it. `version` is that of the rows it counts for. One statement moves it and writes the rows, so
 * that a process that is paused holds nothing up, and finds its epoch over when it wakes.
 */
export const postgresCheckpoint = (knex: Knex, name: string, version: number, leaseMs = 4_000): PostgresCheckpoint => {
  const holder = randomUUID()
  let held: Held | undefined
  let soon: Position | undefined
  let last: Promise<unknown> = Promise.resolve()

  /** What this process sends overtakes nothing of its own. */
  const inTurn = <A>(work: () => Promise<A>): Promise<A> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
  const ask = async <A>(sql: string, bindings: ReadonlyArray<unknown>): Promise<ReadonlyArray<A>> => {
    const asked = knex.raw<{ readonly rows: ReadonlyArray<A> }>(sql, bindings as Knex.RawBinding[])
    return (await asked.options({ name: nameOf(sql) })).rows
  }
  const stored = async (): Promise<Row | undefined> =>
    (await ask<Row>('SELECT * FROM checkpoints WHERE name = ?', [name]))[0]
  const refused = (refusal: CheckpointRefusal) => checkpointRefused(name, refusal)
  const isHeld = () => held !== undefined && performance.now() < held.renewedAt + leaseMs

  const move = async (to: SubscriptionStart, rows: ReadonlyArray<Insertion>, forMs: number | null): Promise<void> => {
    if (held === undefined) throw refused({ _tag: 'LeaseOver' })
    const { epoch, at, tried } = held
    const sentAt = performance.now()
    held = { ...held, tried: to }
    const bindings = [...decimals(to), forMs, name, version, epoch, ...decimals(at), ...rows.flatMap((r) => r.values)]
    const moved = await ask(moving(rows), bindings)
    if (moved.length > 0) {
      held = { epoch, at: to, tried: to, renewedAt: sentAt }
      return
    }
    const now = await stored()
    if (now === undefined) throw refused({ _tag: 'SetBack' })
    if (now.version !== version) throw refused({ _tag: 'VersionMismatch', stored: now.version, ours: version })
    if (BigInt(now.epoch) > BigInt(epoch)) throw refused({ _tag: 'SomeoneAhead' })
    const there = startOf(now)
    if (now.epoch !== epoch || (!same(there, to) && !same(there, tried))) throw refused({ _tag: 'SetBack' })
    held = { ...held, at: there }
    if (!same(there, to)) await move(to, rows, forMs)
  }

  const take = async (): Promise<SubscriptionStart | undefined> => {
    held = undefined
    soon = undefined
    const [found] = await ask<{ readonly version: number; readonly taken: boolean | null }>(
      `SELECT version, held_until > clock_timestamp() AND holder <> ? AS taken FROM checkpoints WHERE name = ?`,
      [holder, name],
    )
    if (found !== undefined && found.version !== version)
      throw refused({ _tag: 'VersionMismatch', stored: found.version, ours: version })
    if (found?.taken === true) return undefined
    const sentAt = performance.now()
    const [row] = await ask<Row>(takingOver, [name, version, holder, leaseMs])
    if (row === undefined) return undefined
    const at = startOf(row)
    held = { epoch: row.epoch, at, tried: at, renewedAt: sentAt }
    return at
  }

  /** With what is to be saved soon, which a failure leaves for the next time. */
  const settle = async (forMs: number | null): Promise<void> => {
    if (held === undefined) return
    const to = soon
    await move(to ?? held.at, [], forMs)
    if (soon === to) soon = undefined
  }

  return {
    take: () => inTurn(take),
    isHeld,
    ensureHeld: () => {
      if (!isHeld()) throw refused({ _tag: 'LeaseOver' })
    },
    saveSoon: (position) => {
      soon = position
    },
    saveWith: (position, rows) => inTurn(() => move(position, rows, leaseMs)),
    renew: () =>
      inTurn(async () => {
        if (held !== undefined && performance.now() - held.renewedAt >= leaseMs / 3) await settle(leaseMs)
      }),
    release: () =>
      inTurn(async () => {
        try {
          if (isHeld()) await settle(null)
        } finally {
          held = undefined
        }
      }),
  }
}
