import * as E from 'fp-ts/Either'
import type { EventStore } from '../domain/event-store'
import { execution, executionStream } from '../domain/execution'
import { next } from '../domain/execution/next'
import type { ExecutionStatus } from '../domain/execution/state'
import type { ExecutionId } from '../domain/ids'
import { load } from '../domain/load'
import type { OpenRuns } from './open-runs'
import type { Engine, RunOf } from './reactor'

export type Reconciling = {
  readonly store: Pick<EventStore, 'readStream'>
  readonly open: Pick<OpenRuns, 'quiet' | 'forget'>
  readonly engine: Pick<Engine, 'wake'>
  /** Those of the runs that have an open workflow. */
  readonly withWorkflow: (runs: ReadonlyArray<ExecutionId>) => Promise<ReadonlySet<ExecutionId>>
  readonly now: () => string
}

/** A run without an open workflow, and what is done about it. */
export type Mended = RunOf & { readonly status: ExecutionStatus | 'unknown'; readonly action: 'start' | 'forget' }

/** What is younger may be on its way, seconds. */
const quietFor = 15
const pageOf = 100

const mendOne = async ({ store, now }: Reconciling, run: RunOf): Promise<Mended | undefined> => {
  const loaded = await load(store)(execution)(executionStream(run.execution))()
  if (E.isLeft(loaded)) return undefined
  const { state } = loaded.right
  if (state.status === 'unborn') return { ...run, status: 'unknown', action: 'forget' }
  return { ...run, status: state.status, action: next(state, now())._tag === 'Ended' ? 'forget' : 'start' }
}

/** Every open run has an open workflow: where it was lost, it is started again. With `dryRun` it is only told. */
export const reconcile = async (deps: Reconciling, dryRun: boolean): Promise<ReadonlyArray<Mended>> => {
  const mended: Mended[] = []
  for (let after: string | undefined, more = true; more;) {
    const runs = await deps.open.quiet(quietFor, pageOf, after)
    const known = runs.length === 0 ? new Set<ExecutionId>() : await deps.withWorkflow(runs.map((run) => run.execution))
    for (const run of runs.filter(({ execution }) => !known.has(execution))) {
      const mend = await mendOne(deps, run)
      if (mend === undefined) continue
      mended.push(mend)
      if (dryRun) continue
      if (mend.action === 'start') await deps.engine.wake(run, 'resume_after_review')
      else await deps.open.forget(run.execution)
    }
    after = runs.at(-1)?.execution
    more = runs.length === pageOf
  }
  return mended
}
