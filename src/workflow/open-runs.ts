import type { Knex } from 'knex'
import type { Lease } from '../consumers/checkpoint'
import type { Insertion, PostgresCheckpoint } from '../consumers/postgres-checkpoint'
import type { Position, Recorded } from '../domain/event-store'
import { executionOfStream, type ExecutionEvent } from '../domain/execution'
import { ExecutionId, OrganizationId } from '../domain/ids'
import { EventMetadata } from '../domain/metadata'
import type { RunOf } from './reactor'

/** The runs that are to have an open workflow, as far as the reactor has read; kept with its checkpoint. */
export type OpenRuns = {
  readonly lease: Lease
  /** Before each effect. Throws CheckpointRefused when the lease is over. */
  readonly ensureHeld: () => void
  /** These events have been dealt with; they are kept with the next flush, or dealt with again after a crash. */
  readonly note: (position: Position, events: ReadonlyArray<Recorded>) => void
  readonly flush: () => Promise<void>
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

const change = (before: Change | undefined, { type, data }: Recorded, organization: string): Change => ({
  organization,
  isOver: before?.isOver === true || ends.includes(type),
  lingers: before?.lingers === true || (type === 'ExecutionCreated' && isDryRun(data)),
})

const merged = (older: Change, newer: Change | undefined): Change => ({
  organization: older.organization,
  isOver: older.isOver || newer?.isOver === true,
  lingers: older.lingers || newer?.lingers === true,
})

const insertionOf = (changes: ReadonlyMap<ExecutionId, Change>): Insertion => {
  const all = [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    into: 'open_executions (execution_id, organization_id, is_over, lingers, changed_at)',
    from: '(SELECT id, organization, is_over, lingers, clock_timestamp() FROM unnest(?::uuid[], ?::uuid[], ?::boolean[], ?::boolean[]) AS news (id, organization, is_over, lingers)) AS changed',
    onConflict: `(execution_id) DO UPDATE SET changed_at = excluded.changed_at,
      is_over = open_executions.is_over OR excluded.is_over, lingers = open_executions.lingers OR excluded.lingers`,
    values: [
      all.map(([id]) => id),
      all.map(([, { organization }]) => organization),
      all.map(([, { isOver }]) => String(isOver)),
      all.map(([, { lingers }]) => String(lingers)),
    ],
  }
}

type Row = { readonly execution_id: string; readonly organization_id: string }

export const openRuns = (knex: Knex, checkpoint: PostgresCheckpoint): OpenRuns => {
  let noted: Position | undefined
  let changes = new Map<ExecutionId, Change>()

  return {
    lease: {
      ...checkpoint,
      take: () => {
        noted = undefined
        changes = new Map()
        return checkpoint.take()
      },
    },
    ensureHeld: checkpoint.ensureHeld,
    note: (position, events) => {
      noted = position
      for (const event of events) {
        const id = executionOfStream(event.stream)
        const metadata = EventMetadata.decode(event.metadata)
        if (id === undefined || metadata._tag === 'Left') continue
        changes.set(id, change(changes.get(id), event, metadata.right.organization_id))
      }
    },
    flush: async () => {
      if (noted === undefined) return
      const [position, written] = [noted, changes]
      noted = undefined
      changes = new Map()
      try {
        await checkpoint.saveWith(position, written.size === 0 ? [] : [insertionOf(written)])
      } catch (error) {
        noted ??= position
        for (const [id, one] of written) changes.set(id, merged(one, changes.get(id)))
        throw error
      }
    },
    quiet: async (seconds, limit, after) => {
      const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<Row> }>(
        `WITH over AS (DELETE FROM open_executions WHERE is_over AND NOT lingers)
         SELECT execution_id, organization_id FROM open_executions
          WHERE changed_at < clock_timestamp() - make_interval(secs => ?) AND (lingers OR NOT is_over)
            AND (?::uuid IS NULL OR execution_id > ?::uuid)
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
  }
}
