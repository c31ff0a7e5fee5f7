import type { Knex } from 'knex'
import type { EventStore, Position } from '../../domain/event-store'
import { comparePositions } from '../../domain/position'
import { lagsBehind } from './lag'
import { consumerStatuses, type ConsumerStatus } from './queries'

/** All instances of one consumer, by the one that is furthest on its way. */
export type ReaderStatus = {
  readonly consumer: string
  readonly state: ConsumerStatus['state'] | 'absent'
  /** Age of the oldest event that it has not dealt with, whole seconds; null when the log does not say. */
  readonly lag_seconds: number | null
  readonly reason: string | null
  readonly isWell: boolean
}

const longestLag = 10

/** Which instance speaks for all: one that reads, else one that says what is wrong. */
const states: ReadonlyArray<ConsumerStatus['state']> = [
  'live',
  'catching_up',
  'dropped',
  'halted',
  'starting',
  'standby',
  'silent',
]

/** What a stranger may read of a reason: no addresses, host names, statements or quoted values. */
export const plainReason = (reason: string): string =>
  reason
    .replace(/\b(?:with moved|insert into|select|update|delete from)\s.* - /is, '')
    .replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '…')
    .replace(/\b(ENOTFOUND|EAI_AGAIN)\s+\S+/g, '$1')
    .replace(/\S+@\S+/g, '…')
    .replace(/\[?(?:[0-9a-f]{0,4}:){2,}[0-9a-f.]*\]?(?::\d+)?/gi, '…')
    .replace(/\b[\w-]+(?:\.[\w-]+)*:\d{2,5}\b/g, '…')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '…')
    .replace(/"[^"]*"/g, '"…"')
    .slice(0, 300)

const furthest = (statuses: ReadonlyArray<ConsumerStatus>): Position | undefined =>
  statuses.reduce<Position | undefined>(
    (most, { position }) =>
      position !== undefined && (most === undefined || comparePositions(position, most) > 0) ? position : most,
    undefined,
  )

const speaker = (statuses: ReadonlyArray<ConsumerStatus>): ConsumerStatus | undefined =>
  [...statuses].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))[0]

/** How the consumers of the log are: those that said something, and of those that are `needed` also the absent ones. */
export const readerStatuses = async (
  { knex, store }: { readonly knex: Knex; readonly store: Pick<EventStore, 'subscribe' | 'tail'> },
  needed: ReadonlyArray<string>,
): Promise<ReadonlyArray<ReaderStatus>> => {
  const statuses = await consumerStatuses(knex)
  const names = [...new Set([...needed, ...statuses.map(({ name }) => name)])]
  const groups = names.map((name) => statuses.filter((status) => status.name === name))
  const lags = await lagsBehind(store)(groups.map(furthest))
  return names.map((consumer, i) => {
    const speaking = speaker(groups[i] ?? [])
    const { state = 'absent' as const, reason = null } = speaking ?? {}
    const lag = lags[i] ?? null
    return {
      consumer,
      state,
      lag_seconds: lag === null ? null : Math.floor(lag),
      reason: reason === null ? null : plainReason(reason),
      isWell: (state === 'live' || state === 'catching_up') && reason === null && (lag ?? 0) <= longestLag,
    }
  })
}
