import * as T from 'fp-ts/Task'
import type { Probes } from '../../src/nodes/preflight'

/** For runs of which nothing outside matters: nobody is asked. */
export const nobodyAsked: Probes = {
  connection: () => T.of([]),
  template: () => T.of([]),
  source: () => T.of(undefined),
}
