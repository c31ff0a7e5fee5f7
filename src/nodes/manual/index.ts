import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { NodeType } from '../contract'
import { checkRequiredFields, triggerResult } from '../triggers'
import { ManualConfig } from './config'

/** A run is started by a request that carries its data. */
export const manual: NodeType<ManualConfig> = {
  node_type: 'manual',
  aliases: [],
  kind: 'trigger',
  phase: 'trigger',
  attempts: 3,
  timeoutMs: 60_000,
  config: ManualConfig,
  missing: {},
  needs: () => ({ templates: [], connections: [] }),
  check: checkRequiredFields,
  fill: () => E.right(null),
  input: () => E.right({}),
  execute: (_, { references }) => TE.right(triggerResult(references.trigger, 'manual')),
}
