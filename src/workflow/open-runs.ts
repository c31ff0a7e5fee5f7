import type { Knex } from 'knex'
import type { PostgresCheckpoint } from '../consumers/postgres-checkpoint'
import type { Position, Recorded, SubscriptionStart } from '../domain/event-store'
import { executionOfStream, type ExecutionEvent } from '../domain/execution'
import { ExecutionId, OrganizationId } from '../domain/ids'
import { EventMetadata } from '../domain/metadata'
import type { RunOf } from './reactor'

/** The runs that are to have an open workflow, as far as the reactor has read; kept with its checkpoint. */
export type OpenRuns = {
  readonly takeOver: () => Promise<SubscriptionStart>
  readonly save: (position: Position, events: ReadonlyArray<Recorded>) => Promise<void>
  /** Those that nothing was heard of for some seconds, by id, at most `limit`, after `after`. */
  readonly quiet: (seconds: number, limit: number, after: string | undefined) => Promise<ReadonlyArray<RunOf>>
  readonly forget: (run: ExecutionId) => Promise<void>
}

const ends: ReadonlyArray<string> = [
  'ExecutionCompleted',
  'ExecutionFailed',
  'ExecutionCanceled',
] satisfies ReadonlyArray<ExecutionEvent['type']>

/** A dry run's workflow outlives it, until its documents have expired. */
const isDryRun = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'dry_run' in data && data.dry_run === true

type Change = { readonly organization: string; readonly isOver: boolean; readonly lingers: boolean }

const changesOf = (events: ReadonlyArray<Recorded>): ReadonlyMap<string, Change> => {
  const changes = new Map<string, Change>()
  for (const { stream, type, data, metadata } of events) {
    const id = executionOfStream(stream)
    const decoded = EventMetadata.decode(metadata)
    if (id === undefined || decoded._tag === 'Left') continue
    const before = changes.get(id)
    const lingers = before?.lingers === true || (type === 'ExecutionCreated' && isDryRun(data))
    const isOver = before?.isOver === true || ends.includes(type)
    changes.set(id, { organization: decoded.right.organization_id, isOver, lingers })
  }
  return changes
}

export const openRuns = (knex: Knex, checkpoint: PostgresCheckpoint): OpenRuns => ({
  takeOver: checkpoint.takeOver,
  save: (position, events) =>
    checkpoint.saveWith(position, async (tx) => {
      const changes = [...changesOf(events)]
      const over = changes.flatMap(([id, { isOver, lingers }]) => (isOver && !lingers ? [id] : []))
      const open = changes.filter(([, { isOver, lingers }]) => !isOver || lingers)
      if (open.length > 0)
        await tx.raw(
          `INSERT INTO open_executions (execution_id, organization_id, lingers, changed_at)
           SELECT id, organization, lingers, now()
             FROM unnest(?::uuid[], ?::uuid[], ?::boolean[]) AS news (id, organization, lingers)
           ON CONFLICT (execution_id)
             DO UPDATE SET changed_at = excluded.changed_at, lingers = open_executions.lingers OR excluded.lingers`,
          [
            open.map(([id]) => id),
            open.map(([, { organization }]) => organization),
            open.map(([, { lingers }]) => String(lingers)),
          ],
        )
      if (over.length > 0) await tx('open_executions').whereIn('execution_id', over).where('lingers', false).delete()
    }),
  quiet: async (seconds, limit, after) => {
    const { rows } = await knex.raw<{
      readonly rows: ReadonlyArray<{ readonly execution_id: string; readonly organization_id: string }>
    }>(
      `SELECT execution_id, organization_id FROM open_executions
        WHERE changed_at < now() - make_interval(secs => ?) AND (?::uuid IS NULL OR execution_id > ?::uuid)
        ORDER BY execution_id LIMIT ?`,
      [seconds, after ?? null, after ?? null, limit] as ReadonlyArray<string | number>,
    )
    return rows.flatMap(({ execution_id, organization_id }) =>
      ExecutionId.is(execution_id) && OrganizationId.is(organization_id)
        ? [{ execution: execution_id, organization: organization_id }]
        : [],
    )
  },
  forget: async (run) => {
    await knex('open_executions').where('execution_id', run).delete()
  },
})
