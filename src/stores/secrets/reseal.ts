import type { Knex } from 'knex'
import type { ConnectionId, OrganizationId } from '../../domain/ids'
import { derivingKeyPlace } from './deriving-key'
import type { Keyring } from './keyring'
import { placeOf } from './postgres'
import { type Sealed, seal, unseal } from './seal'

export type Resealing = {
  readonly knex: Knex
  /** The first seals from now on. */
  readonly keys: Keyring
  /** Only counts. */
  readonly dryRun: boolean
  readonly onProgress: (seen: number, of: number) => void
}

/** `moved` in a dry run: what would be. `left`: sealed with an older key while it was at work, by a process that has not been restarted. */
export type Resealed = {
  readonly moved: number
  /** `<organization> <connection>` of what no key opens, at most 100 of them, and how many there are. */
  readonly unreadable: ReadonlyArray<string>
  readonly unreadableCount: number
  readonly left: number
}

type Row = Sealed & { readonly organization_id: OrganizationId; readonly connection_id: ConnectionId }

const pageRows = 200
const passesAtMost = 5
const mostNamed = 100
const first = '00000000-0000-0000-0000-000000000000'

const tryUnseal = (keys: Keyring, place: string, sealed: Sealed): string | undefined => {
  try {
    return unseal(keys, place, sealed)
  } catch {
    return undefined
  }
}

const rowsOf = async <A>(
  knex: Knex,
  sql: string,
  bindings: ReadonlyArray<Knex.RawBinding>,
): Promise<ReadonlyArray<A>> => (await knex.raw<{ readonly rows: ReadonlyArray<A> }>(sql, bindings)).rows

const waiting = async (knex: Knex, [{ id }]: Keyring): Promise<number> => {
  const [row] = await rowsOf<{ readonly count: string }>(
    knex,
    'SELECT count(*) AS count FROM connection_secrets WHERE key_id <> ?',
    [id],
  )
  return Number(row?.count ?? 0)
}

const page = (knex: Knex, [{ id }]: Keyring, after: readonly [string, string]): Promise<ReadonlyArray<Row>> =>
  rowsOf(
    knex,
    `SELECT organization_id, connection_id, key_id, nonce, ciphertext, tag FROM connection_secrets
     WHERE key_id <> ? AND (organization_id, connection_id) > (?, ?) ORDER BY organization_id, connection_id LIMIT ?`,
    [id, ...after, pageRows],
  )

type Move = { readonly from: Row; readonly to: Sealed }

/** One statement; a row that somebody has changed since it was read stays as they left it. */
const move = async (knex: Knex, moves: ReadonlyArray<Move>): Promise<number> => {
  if (moves.length === 0) return 0
  const columns: ReadonlyArray<ReadonlyArray<string | Buffer>> = [
    moves.map(({ from }) => from.organization_id),
    moves.map(({ from }) => from.connection_id),
    moves.map(({ from }) => from.key_id),
    moves.map(({ from }) => from.nonce),
    moves.map(({ to }) => to.key_id),
    moves.map(({ to }) => to.nonce),
    moves.map(({ to }) => to.ciphertext),
    moves.map(({ to }) => to.tag),
  ]
  const moved = await rowsOf<unknown>(
    knex,
    `UPDATE connection_secrets AS mine
     SET key_id = new.key_id, nonce = new.nonce, ciphertext = new.ciphertext, tag = new.tag, updated_at = now()
     FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::bytea[], ?::text[], ?::bytea[], ?::bytea[], ?::bytea[])
       AS new(organization_id, connection_id, old_key_id, old_nonce, key_id, nonce, ciphertext, tag)
     WHERE mine.organization_id = new.organization_id AND mine.connection_id = new.connection_id
       AND mine.key_id = new.old_key_id AND mine.nonce = new.old_nonce
     RETURNING mine.connection_id`,
    columns as unknown as ReadonlyArray<Knex.RawBinding>,
  )
  return moved.length
}

type Pass = { readonly moved: number; readonly unreadable: ReadonlyArray<string>; readonly unreadableCount: number }

const pass = async ({ knex, keys, dryRun, onProgress }: Resealing): Promise<Pass> => {
  const of = await waiting(knex, keys)
  const unreadable: string[] = []
  let [seen, moved, unreadableCount] = [0, 0, 0]
  let after: readonly [string, string] = [first, first]
  for (;;) {
    const rows = await page(knex, keys, after)
    const last = rows.at(-1)
    if (last === undefined) return { moved, unreadable, unreadableCount }
    const moves: Move[] = []
    for (const from of rows) {
      const place = placeOf(from.organization_id, from.connection_id)
      const text = tryUnseal(keys, place, from)
      if (text !== undefined) moves.push({ from, to: seal(keys, place, text) })
      else {
        unreadableCount += 1
        if (unreadable.length < mostNamed) unreadable.push(place)
      }
    }
    moved += dryRun ? moves.length : await move(knex, moves)
    seen += rows.length
    onProgress(seen, Math.max(seen, of))
    after = [last.organization_id, last.connection_id]
  }
}

/** The one key that everything is derived from; what was said of it as of a connection. */
const resealDerivingKey = async ({ knex, keys, dryRun }: Resealing): Promise<Pass> => {
  const [sealed] = await rowsOf<Sealed>(
    knex,
    'SELECT key_id, nonce, ciphertext, tag FROM deriving_key WHERE key_id <> ?',
    [keys[0].id],
  )
  if (sealed === undefined) return { moved: 0, unreadable: [], unreadableCount: 0 }
  const text = tryUnseal(keys, derivingKeyPlace, sealed)
  if (text === undefined) return { moved: 0, unreadable: [derivingKeyPlace], unreadableCount: 1 }
  if (dryRun) return { moved: 1, unreadable: [], unreadableCount: 0 }
  const { key_id, nonce, ciphertext, tag } = seal(keys, derivingKeyPlace, text)
  const moved = await rowsOf<unknown>(
    knex,
    `UPDATE deriving_key SET key_id = ?, nonce = ?, ciphertext = ?, tag = ?, updated_at = now()
     WHERE key_id = ? AND nonce = ? RETURNING key_id`,
    [key_id, nonce, ciphertext, tag, sealed.key_id, sealed.nonce],
  )
  return { moved: moved.length, unreadable: [], unreadableCount: 0 }
}

/**
 * Seals everything with the first key of the ring, a page at a time. It may be stopped at any moment, run again, run twice at once, and beside running
 * processes: a row is replaced only while it is what was read. Looks again until nothing came in meanwhile, at most five times. Rejects when PostgreSQL
 * does not answer.
 */
export const reseal = async (asked: Resealing): Promise<Resealed> => {
  const { knex, keys, dryRun } = asked
  const derived = await resealDerivingKey(asked)
  let last = await pass(asked)
  let moved = derived.moved + last.moved
  let remaining = (await waiting(knex, keys)) - last.unreadableCount
  for (let passes = 1; !dryRun && remaining > 0 && passes < passesAtMost; passes += 1) {
    last = await pass(asked)
    moved += last.moved
    remaining = (await waiting(knex, keys)) - last.unreadableCount
  }
  return {
    moved,
    unreadable: [...derived.unreadable, ...last.unreadable],
    unreadableCount: derived.unreadableCount + last.unreadableCount,
    left: dryRun ? 0 : Math.max(0, remaining),
  }
}
