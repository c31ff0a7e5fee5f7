import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { ConsumerState } from '../../consumers/health'
import type { Position } from '../../domain/event-store'
import { parsePosition } from '../../domain/position'

/** `silent`: its process has not said anything for ten seconds. */
export type ConsumerStatus = {
  readonly name: string
  /** Of the process that runs it. */
  readonly instance: string
  readonly state: ConsumerState | 'silent'
  readonly position: Position | undefined
  readonly last_event_at: Date | null
  readonly reason: string | null
  readonly updated_at: Date
}

type Stored = Omit<ConsumerStatus, 'position' | 'state'> & {
  readonly position: string | null
  readonly state: ConsumerState
  readonly silent: boolean
}

/** Every instance of a consumer that said how it is and did not end in good order since, by name. Rejects when PostgreSQL does not answer. */
export const consumerStatuses = async (knex: Knex): Promise<ReadonlyArray<ConsumerStatus>> => {
  const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<Stored> }>(
    `SELECT *, updated_at < now() - interval '10 seconds' AS silent FROM consumer_health ORDER BY name, instance`,
  )
  return rows.map(({ silent, position, ...status }) => ({
    ...status,
    state: silent ? 'silent' : status.state,
    position: E.getOrElseW(() => undefined)(parsePosition(position ?? '')),
  }))
}
