import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { formatPosition } from '../domain/position'
import type { ConsumerHealth } from './health'

const beatMs = 2_000
const lookMs = 250

const write = async (knex: Knex, instance: string, healths: ReadonlyArray<ConsumerHealth>): Promise<void> => {
  const rows = [...healths]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, state, position, lastEventAt, reason }) => ({
      name,
      instance,
      state,
      position: position === undefined ? null : formatPosition(position),
      last_event_at: lastEventAt ?? null,
      reason: reason?.replaceAll('\0', '') ?? null,
      updated_at: knex.fn.now(),
    }))
  await knex('consumer_health').insert(rows).onConflict(['name', 'instance']).merge()
}

const forgetOthers = (knex: Knex) =>
  knex.raw(`DELETE FROM consumer_health WHERE updated_at < now() - interval '1 minute'`)

const statesOf = (healths: ReadonlyArray<ConsumerHealth>): string =>
  healths.map(({ name, state, reason }) => `${name} ${state} ${reason ?? ''}`).join('\n')

/**
 * Writes how a process's consumers are into `consumer_health`, every two seconds and soon after a change, until the signal aborts; then takes it
 * away. A beat that fails is left out: a reader sees its age. What processes that are gone for a minute said is taken away too.
 */
export const heartbeat = async (
  knex: Knex,
  healths: () => ReadonlyArray<ConsumerHealth>,
  signal: AbortSignal,
): Promise<void> => {
  const instance = randomUUID()
  let written = ''
  let at = -Infinity
  while (!signal.aborted) {
    const now = healths()
    const isDue = performance.now() - at >= beatMs
    if (isDue || statesOf(now) !== written) {
      at = performance.now()
      written = statesOf(now)
      await write(knex, instance, now).catch(() => undefined)
      if (isDue) await forgetOthers(knex).catch(() => undefined)
    }
    await pause(lookMs, undefined, { signal }).catch(() => undefined)
  }
  await knex('consumer_health')
    .where({ instance })
    .delete()
    .catch(() => undefined)
}
