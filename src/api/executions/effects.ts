import { execution, executionStream } from '../../domain/execution'
import type { Effect, Execution } from '../../domain/execution/state'
import { ExecutionId } from '../../domain/ids'
import type { Commanding } from '../deps'
import type { Told } from '../owned'
import { readOwned } from '../read-owned'

export const shownEffect = ({ effect_key, step_id, kind, repeatable, status, times, ...rest }: Effect) => ({
  effect_key,
  step_id,
  kind,
  repeatable,
  status,
  times,
  message_id: rest.message_id ?? null,
  carried_from: rest.carriedFrom ?? null,
})

const shownEffects = ({ state }: Told<Execution>) => ({ effects: Object.values(state.effects).map(shownEffect) })

/** What the run did outside, or meant to: read from the log, so that it is exact. */
export const readEffects = (deps: Pick<Commanding, 'on' | 'store'>) =>
  readOwned(deps)({ aggregate: execution, id: ExecutionId, streamOf: executionStream }, () => shownEffects)
