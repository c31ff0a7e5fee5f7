import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { formatPosition } from '../domain/position'
import type { ConsumerHealth } from './health'

const beatMs = 2_000
const lookMs = 250

const write = async (
  knex: Knex,
  healths: ReadonlyArray<ConsumerHealth>,
  absent: ReadonlyArray<string>,
): Promise<void> => {
  const rows = [...healths]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, state, position, lastEventAt, reason }) => ({
      name,
      state,
      position: position === undefined ? null : formatPosition(position),
      last_event_at: lastEventAt ?? null,
      reason: reason?.replaceAll('\0', '') ?? null,
      updated_at: knex.fn.now(),
    }))
  await knex('consumer_health').insert(rows).onConflict('name').merge()
  if (absent.length > 0) await knex('consumer_health').whereIn('name', absent).delete()
}

const statesOf = (healths: ReadonlyArray<ConsumerHealth>): string =>
  healths.map(({ name, state, reason }) => `${name} ${state} ${reason ?? ''}`).join('\n')

/**
 * Writes how a process's consumers are into `consumer_health`, every two seconds and soon after a change, until the signal aborts. A beat that
 * fails is left out: a reader sees its age. What an earlier configuration said of `absent` ones is taken away.
 */
export const heartbeat = async (
  knex: Knex,
  healths: () => ReadonlyArray<ConsumerHealth>,
  signal: AbortSignal,
  absent: ReadonlyArray<string> = [],
): Promise<void> => {
  let written = ''
  let at = -Infinity
  while (!signal.aborted) {
    const now = healths()
    if (performance.now() - at >= beatMs || statesOf(now) !== written) {
      at = performance.now()
      written = statesOf(now)
      await write(knex, now, absent).catch(() => undefined)
    }
    await pause(lookMs, undefined, { signal }).catch(() => undefined)
  }
}
