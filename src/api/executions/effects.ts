import { execution, executionStream } from '../../domain/execution'
import type { Execution } from '../../domain/execution/state'
import { ExecutionId } from '../../domain/ids'
import type { Commanding } from '../deps'
import type { Told } from '../owned'
import { readOwned } from '../read-owned'

const shownEffects = ({ state }: Told<Execution>) => ({
  effects: Object.values(state.effects).map(({ effect_key, step_id, kind, repeatable, status, times, message_id }) => ({
    effect_key,
    step_id,
    kind,
    repeatable,
    status,
    times,
    message_id: message_id ?? null,
  })),
})

/** What the run did outside, or meant to: read from the log, so that it is exact. */
export const readEffects = (deps: Pick<Commanding, 'on' | 'store'>) =>
  readOwned(deps)({ aggregate: execution, id: ExecutionId, streamOf: executionStream }, () => shownEffects)
