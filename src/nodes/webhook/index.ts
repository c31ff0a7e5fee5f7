import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { NodeType } from '../contract'
import { checkRequiredFields, triggerResult } from '../triggers'
import { WebhookConfig } from './config'

/** A run is started by another system's POST; its body was mapped to the trigger's data when it came in. */
export const webhook: NodeType<WebhookConfig> = {
  node_type: 'webhook',
  aliases: [],
  kind: 'trigger',
  phase: 'trigger',
  attempts: 3,
  timeoutMs: 60_000,
  config: WebhookConfig,
  missing: {},
  needs: () => ({ templates: [], connections: [] }),
  check: checkRequiredFields,
  fill: () => E.right(null),
  input: () => E.right({}),
  execute: ({ source_object_type = 'webhook' }, { references }) =>
    TE.right(triggerResult(references.trigger, source_object_type)),
}
